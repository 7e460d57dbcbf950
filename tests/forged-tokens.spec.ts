import { createHmac, createPublicKey, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { audit } from '@waymark/audit';
import { type Stage, startStage } from '@waymark/stage';
import { compact, ForgingIssuer, newKey } from './forging-issuer.fixture.js';

describe('a token', () => {
  let forger: ForgingIssuer;
  let stage: Stage;
  beforeAll(async () => {
    forger = await ForgingIssuer.start();
    stage = await startStage({ services: [audit], environment: { OIDC_ISSUER: forger.issuer } });
  });
  afterAll(async () => {
    await stage?.close();
    await forger?.stop();
  });

  const show = (token: string) => stage.ask('audit', 'GET', `/v1/cases/${randomUUID()}/timeline`, { token });
  const now = () => Math.floor(Date.now() / 1_000);
  const claims = (changes: object = {}) => ({
    ...{ iss: forger.issuer, aud: 'urn:waymark:api', sub: '0197d000-0000-7000-8000-000000000020' },
    ...{ roles: ['auditor'], iat: now(), exp: now() + 300, ...changes },
  });
  const spki = () =>
    createPublicKey({ key: { ...forger.key.jwk }, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
  const hmac = (key: string | Buffer, header: object): string => {
    const unsigned = compact(JSON.stringify(header), JSON.stringify(claims())).slice(0, -1);
    return `${unsigned}.${createHmac('sha256', key).update(unsigned).digest('base64url')}`;
  };
  const stolenSignature = async (header: string, payload: string): Promise<string> =>
    compact(header, payload, (await forger.token()).split('.')[2]);

  it('that is good is taken: there is nothing by that id', async () => {
    expect(await show(await forger.token())).toMatchObject({ status: 404 });
  });

  const forgeries: readonly (readonly [string, () => Promise<string> | string])[] = [
    ['without a signature (none)', () => compact('{"alg":"none","typ":"at+jwt"}', JSON.stringify(claims()))],
    ['without a signature (None)', () => compact('{"alg":"None","typ":"at+jwt"}', JSON.stringify(claims()))],
    ['with no algorithm', () => stolenSignature('{"typ":"at+jwt"}', JSON.stringify(claims()))],
    ['whose signature is cut off', async () => (await forger.token()).replace(/[^.]+$/, '')],
    [
      'whose claims were changed',
      async () => stolenSignature(headerOf(await forger.token()), JSON.stringify(claims({ roles: ['administrator'] }))),
    ],
    ['under the public key as a secret', () => hmac(spki(), { alg: 'HS256', typ: 'at+jwt', kid: forger.key.kid })],
    [
      'under the public key’s JSON as a secret',
      () => hmac(JSON.stringify(forger.key.jwk), { alg: 'HS256', typ: 'at+jwt', kid: forger.key.kid }),
    ],
    ['under an empty secret', () => hmac('', { alg: 'HS256', typ: 'at+jwt' })],
    [
      'under a key nobody published',
      async () => forger.token({}, { kid: 'nobodys' }, (await newKey('nobodys')).privateKey),
    ],
    ['under another key with our key’s name', async () => forger.token({}, {}, (await newKey('other')).privateKey)],
    [
      'without a key’s name, under another key',
      async () => forger.token({}, { kid: undefined }, (await newKey('other')).privateKey),
    ],
    ['that brings its key along (jwk)', async () => withOwnKey(({ jwk }) => ({ jwk }))],
    [
      'that says where its key is (jku)',
      async () => withOwnKey(({ kid }) => ({ kid, jku: `${forger.issuer}/forged` })),
    ],
    [
      'that says where its certificate is (x5u)',
      async () => withOwnKey(({ kid }) => ({ kid, x5u: `${forger.issuer}/forged` })),
    ],
    ['that brings a certificate along (x5c)', async () => withOwnKey(() => ({ x5c: ['MIIB'] }))],
    ['whose key’s name is a path', () => forger.token({}, { kid: '../../../../dev/null' })],
    ['whose key’s name is a statement', () => forger.token({}, { kid: "' OR 1=1 --" })],
    [
      'that demands what we do not know (crit)',
      () => forger.token({}, { crit: ['urn:waymark:unknown'], 'urn:waymark:unknown': true }),
    ],
    ['for somebody else', () => forger.token({ aud: 'urn:other:api' })],
    ['for nobody', () => forger.token({ aud: undefined })],
    ['of another issuer', () => forger.token({ iss: 'https://elsewhere.example' })],
    ['of our issuer with a slash', () => forger.token({ iss: `${forger.issuer}/` })],
    ['that is over', () => forger.token({ iat: now() - 200, exp: now() - 60 })],
    ['that never ends', () => forger.token({ exp: undefined })],
    ['that ends in text', () => forger.token({ exp: '9999999999' })],
    [
      'that is older than five minutes, whatever it says itself',
      () => forger.token({ iat: now() - 400, exp: now() + 3_600 }),
    ],
    ['from the future', () => forger.token({ iat: now() + 600, exp: now() + 900 })],
    ['that does not say since when', () => forger.token({ iat: undefined })],
    ['that is not good yet', () => forger.token({ nbf: now() + 120 })],
    ['that is an ID token', () => forger.token({ nonce: 'n', at_hash: 'h' }, { typ: 'JWT' })],
    ['that is a logout token', () => forger.token({}, { typ: 'logout+jwt' })],
    ['without a type', () => forger.token({}, { typ: undefined })],
    [
      'that calls itself a receipt session',
      () => forger.token({ concernId: randomUUID() }, { typ: 'waymark-receipt+jwt' }),
    ],
    ['of nobody', () => forger.token({ sub: undefined })],
    ['of a person and a service at once', () => forger.token({ service: 'audit' })],
    [
      'with claims twice',
      () =>
        stolenSignature(
          `{"alg":"none","alg":"ES256","typ":"at+jwt","kid":"${forger.key.kid}"}`,
          `{"roles":["analyst"],${JSON.stringify(claims()).slice(1)}`,
        ),
    ],
    [
      'in JSON serialisation',
      async () => Buffer.from(JSON.stringify({ payload: 'e30', signatures: [] })).toString('base64url'),
    ],
    [
      'encrypted instead of signed',
      () => `${Buffer.from('{"alg":"dir","enc":"A256GCM","typ":"at+jwt"}').toString('base64url')}..AAAA.AAAA.AAAA`,
    ],
    ['that is no token', () => 'jasmine'],
    ['of a hundred dots', () => '.'.repeat(100)],
  ];
  const headerOf = (token: string): string => Buffer.from(token.split('.')[0] ?? '', 'base64url').toString();
  const withOwnKey = async (header: (own: Awaited<ReturnType<typeof newKey>>) => object): Promise<string> => {
    const own = await newKey('own');
    return forger.token({}, header(own), own.privateKey);
  };

  it.each(forgeries)('%s is refused like any other, and nothing is fetched for it', async (_what, forge) => {
    const { status, body, headers } = await show(await forge());
    expect(status).toBe(401);
    expect(body).toMatchObject({ code: expect.stringMatching(/^token_(invalid|expired)$/) });
    expect(Object.keys(body).sort()).toEqual(['code', 'detail', 'instance', 'status', 'title', 'type']);
    expect(headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    expect(forger.asked.get('/forged')).toBeUndefined();
  });

  it('under forged key names does not make us ask for keys again and again', async () => {
    await show(await forger.token());
    const before = forger.asked.get('/jwks') ?? 0;
    const forged = Array.from({ length: 50 }, (_each, index) => forger.token({}, { kid: `forged-${index}` }));
    const answers = await Promise.all(forged.map(async (token) => show(await token)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 401));
    expect((forger.asked.get('/jwks') ?? 0) - before).toBeLessThanOrEqual(1);
  });
});
