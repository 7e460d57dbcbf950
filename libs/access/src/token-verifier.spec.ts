import { createPublicKey } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SignJWT, UnsecuredJWT } from 'jose';
import { AccessError, type AccessErrorCode, type TokenFault } from './access-error.js';
import { newSigningKey, startTestIssuer, TEST_AUDIENCE, type TestIssuer } from './test-issuer.js';
import { createTokenVerifier, type TokenVerifierOptions } from './token-verifier.js';

let issuer: TestIssuer;
beforeAll(async () => {
  issuer = await startTestIssuer();
});
afterAll(() => issuer.stop());
beforeEach(() => issuer.failWith(undefined));

const verifier = (changes: Partial<TokenVerifierOptions> = {}) =>
  createTokenVerifier({ issuer: issuer.issuer, audience: TEST_AUDIENCE, jwksCooldownSeconds: 0, ...changes });

async function refusal(verifying: Promise<unknown>): Promise<[AccessErrorCode, TokenFault | undefined]> {
  const error = await verifying.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof AccessError)) throw new Error(`expected a refusal, got ${String(error)}`);
  return [error.code, error.fault];
}

const now = () => Math.floor(Date.now() / 1_000);

describe('A good token', () => {
  it('makes a member of staff with their roles and unit, without roles we do not know', async () => {
    const token = await issuer.token({ roles: ['supervisor', 'uma_authorization', 'officer'], unit: 'support_desk' });
    expect(await verifier().verify(token)).toEqual({
      kind: 'staff',
      id: 'officer-1',
      roles: ['officer', 'supervisor'],
      unit: 'support_desk',
    });
  });

  it('makes a service when it names one', async () => {
    const token = await issuer.token({ sub: 'waymark-referral', roles: undefined, service: 'referral' });
    expect(await verifier().verify(token)).toEqual({ kind: 'service', id: 'referral' });
  });

  it('may be a little late where clocks differ', async () => {
    const token = await issuer.token({ iat: now() - 310, exp: now() - 10 });
    await expect(verifier({ clockToleranceSeconds: 60 }).verify(token)).resolves.toBeDefined();
    expect(await refusal(verifier({ clockToleranceSeconds: 2 }).verify(token))).toEqual(['token_expired', 'time']);
  });

  it('may carry `typ: JWT` where the issuer is known not to follow RFC 9068, but not as an ID token', async () => {
    const lenient = verifier({ tokenTypes: ['at+jwt', 'JWT'] });
    await expect(lenient.verify(await issuer.token({ typ: 'Bearer' }, { typ: 'JWT' }))).resolves.toBeDefined();
    expect(await refusal(lenient.verify(await issuer.token({ typ: 'ID' }, { typ: 'JWT' })))).toEqual([
      'token_invalid',
      'type',
    ]);
  });
});

describe('A token is refused', () => {
  const forgeries: readonly [string, AccessErrorCode, TokenFault | undefined, () => Promise<string> | string][] = [
    ['that is no token', 'token_invalid', 'malformed', () => 'abc.def.ghi'],
    [
      'without a signature (alg none)',
      'token_invalid',
      'algorithm',
      () =>
        new UnsecuredJWT({ roles: ['officer'] })
          .setIssuer(issuer.issuer)
          .setAudience(TEST_AUDIENCE)
          .setSubject('officer-1')
          .setIssuedAt()
          .setExpirationTime('5m')
          .encode(),
    ],
    [
      'signed with the public key as an HMAC secret',
      'token_invalid',
      'algorithm',
      async () => {
        const pem = createPublicKey({ key: { ...issuer.key.publicJwk }, format: 'jwk' }).export({
          type: 'spki',
          format: 'pem',
        });
        return new SignJWT({ roles: ['officer'] })
          .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: issuer.key.kid })
          .setIssuer(issuer.issuer)
          .setAudience(TEST_AUDIENCE)
          .setSubject('officer-1')
          .setIssuedAt()
          .setExpirationTime('5m')
          .sign(Buffer.from(pem));
      },
    ],
    ['meant for somebody else', 'token_invalid', 'audience', () => issuer.token({ aud: 'urn:other:api' })],
    ['without an audience', 'token_invalid', 'audience', () => issuer.token({ aud: undefined })],
    ['of another issuer', 'token_invalid', 'issuer', () => issuer.token({ iss: 'https://elsewhere.example' })],
    ['that has expired', 'token_expired', 'time', () => issuer.token({ iat: now() - 600, exp: now() - 300 })],
    ['that never expires', 'token_invalid', 'time', () => issuer.token({ exp: undefined })],
    ['that is not valid yet', 'token_invalid', 'time', () => issuer.token({ nbf: now() + 300 })],
    ['without a subject', 'token_invalid', 'claims', () => issuer.token({ sub: undefined })],
    ['under a key id nobody published', 'token_invalid', 'key_unknown', () => issuer.token({}, { kid: 'nobodys' })],
    [
      'signed by another key under our key id',
      'token_invalid',
      'signature',
      async () => issuer.token({}, {}, (await newSigningKey('other')).privateKey),
    ],
    [
      'that brings its own key along',
      'token_invalid',
      'signature',
      async () => {
        const own = await newSigningKey('own');
        return issuer.token({}, { jwk: own.publicJwk }, own.privateKey);
      },
    ],
    [
      'that says where to fetch its key',
      'token_invalid',
      'key_unknown',
      async () => {
        const own = await newSigningKey('own');
        return issuer.token({}, { jku: 'http://127.0.0.1:1/jwks', kid: 'own' }, own.privateKey);
      },
    ],
    ['of another type, such as an ID token', 'token_invalid', 'type', () => issuer.token({}, { typ: 'JWT' })],
    ['without a type', 'token_invalid', 'type', () => issuer.token({}, { typ: undefined })],
    ['that is a receipt session', 'token_invalid', 'type', () => issuer.token({}, { typ: 'waymark-receipt+jwt' })],
    ['of a person who has no role here', 'role_missing', undefined, () => issuer.token({ roles: ['visitor'] })],
    ['that is person and service at once', 'token_invalid', 'claims', () => issuer.token({ service: 'referral' })],
  ];

  it.each(forgeries)('%s', async (_what, code, fault, forge) => {
    expect(await refusal(verifier().verify(await forge()))).toEqual([code, fault]);
  });

  it('under an algorithm that was not allowed', async () => {
    const token = await issuer.token();
    expect(await refusal(verifier({ algorithms: ['RS256'] }).verify(token))).toEqual(['token_invalid', 'algorithm']);
  });

  it.each(['none', 'HS256'])('and a verifier that allows %s is not even made', (algorithm) => {
    expect(() => verifier({ algorithms: ['RS256', algorithm] })).toThrow(algorithm);
  });
});

describe('Where a second factor is asked for', () => {
  const strict = () => verifier({ secondFactors: ['otp', 'hwk'] });

  it('a person is known who signed in with one of those named, whatever else they used', async () => {
    await expect(strict().verify(await issuer.token({ amr: ['pwd', 'otp'] }))).resolves.toMatchObject({
      kind: 'staff',
    });
  });

  it.each([undefined, [], ['pwd'], 'password', { otp: true }])('nobody is let in with %j', async (amr) => {
    expect(await refusal(strict().verify(await issuer.token({ amr })))).toEqual(['second_factor_missing', undefined]);
  });

  it('an issuer may say it elsewhere, in a single word', async () => {
    const byLevel = () => verifier({ secondFactors: ['2', '3'], claims: { factorsClaim: 'acr' } });
    await expect(byLevel().verify(await issuer.token({ acr: '2' }))).resolves.toBeDefined();
    expect(await refusal(byLevel().verify(await issuer.token({ acr: '1', amr: ['2'] })))).toEqual([
      'second_factor_missing',
      undefined,
    ]);
  });

  it('services need none: they are no people', async () => {
    const token = await issuer.token({ sub: 'waymark-referral', roles: undefined, service: 'referral' });
    await expect(strict().verify(token)).resolves.toEqual({ kind: 'service', id: 'referral' });
  });

  it('the answer says how to get in (RFC 9470), and is no other for a forged token', async () => {
    expect(new AccessError('second_factor_missing').challenge).toBe('Bearer error="insufficient_user_authentication"');
    const forged = await issuer.token({ amr: ['pwd'], aud: 'urn:other:api' });
    expect(await refusal(strict().verify(forged))).toEqual(['token_invalid', 'audience']);
  });
});

describe('The keys of the issuer', () => {
  it('may be replaced without a restart', async () => {
    const long = verifier();
    const before = await issuer.token();
    await expect(long.verify(before)).resolves.toBeDefined();
    await issuer.rotate();
    await expect(long.verify(await issuer.token())).resolves.toBeDefined();
    expect(await refusal(long.verify(before))).toEqual(['token_invalid', 'key_unknown']);
  });

  it('are not asked for again and again because of forged key ids', async () => {
    const calm = verifier({ jwksCooldownSeconds: 60 });
    await calm.verify(await issuer.token());
    const asked = issuer.requests.get('/jwks');
    for (const kid of ['a', 'b', 'c']) await refusal(calm.verify(await issuer.token({}, { kid })));
    expect(issuer.requests.get('/jwks')).toBe(asked);
  });

  it('are kept while the issuer is away', async () => {
    const long = verifier();
    const token = await issuer.token();
    await long.verify(token);
    issuer.failWith(500);
    await expect(long.verify(token)).resolves.toBeDefined();
  });

  it('when they cannot be had are no reason to call a token bad, and are asked for again', async () => {
    const fresh = verifier();
    const token = await issuer.token();
    issuer.failWith(500);
    expect(await refusal(fresh.verify(token))).toEqual(['identity_unreachable', undefined]);
    issuer.failWith(undefined);
    await expect(fresh.verify(token)).resolves.toBeDefined();
  });

  it('cannot be had where nobody listens', async () => {
    const lost = verifier({ jwksUri: 'http://127.0.0.1:9/jwks' });
    expect(await refusal(lost.verify(await issuer.token()))).toEqual(['identity_unreachable', undefined]);
  });

  it('are asked for at another address where the issuer’s name does not lead to it', async () => {
    const nowhere = verifier({ issuerAddress: 'http://127.0.0.1:9' });
    expect(await refusal(nowhere.verify(await issuer.token()))).toEqual(['identity_unreachable', undefined]);
    const inside = verifier({ issuerAddress: issuer.issuer.replace('127.0.0.1', 'localhost') });
    await expect(inside.verify(await issuer.token())).resolves.toBeDefined();
  });

  it('are not taken from an issuer that calls itself otherwise', async () => {
    const mistaken = verifier({ issuer: issuer.issuer.replace('127.0.0.1', 'localhost') });
    expect(await refusal(mistaken.verify(await issuer.token()))).toEqual(['identity_unreachable', undefined]);
  });
});
