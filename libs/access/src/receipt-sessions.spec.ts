import { beforeAll, describe, expect, it } from '@jest/globals';
import { FakeClock } from '@waymark/testing';
import { generateKeyPair, importPKCS8, SignJWT, type JSONWebKeySet } from 'jose';
import {
  createReceiptSessions,
  createReceiptSessionVerifier,
  generateReceiptKey,
  receiptName,
} from './receipt-sessions.js';
import { RECEIPT_AUDIENCE } from './receipt-token.js';
import type { Revocations } from './revocations.js';

const issuer = 'urn:waymark:intake';
const session = { concernId: 'c-1', sessionId: 's-1', receipt: 1 };
let privateKey: string;
let jwks: JSONWebKeySet;
const clock = new FakeClock();

beforeAll(async () => {
  privateKey = await generateReceiptKey();
  jwks = await sessions().publicJwks();
});

const sessions = () => createReceiptSessions({ privateKey, issuer, lifetimeSeconds: 900, clock });
const verifier = (changes: { issuer?: string; revocations?: Revocations } = {}) =>
  createReceiptSessionVerifier({ issuer, jwks, clockToleranceSeconds: 0, clock, ...changes });

describe('A receipt session', () => {
  it('is good for its one concern', async () => {
    const { token } = await sessions().issue(session);
    expect(await verifier().verify(token)).toEqual({ kind: 'reporter', id: 's-1', concernId: 'c-1' });
  });

  it('names the client when it comes from a client receipt', async () => {
    const { token } = await sessions().issue({ ...session, clientId: 'k-1' });
    expect(await verifier().verify(token)).toMatchObject({ clientId: 'k-1' });
  });

  it('names who reported when they are not the client', async () => {
    const { token } = await sessions().issue({ ...session, reporterId: 'r-1' });
    const reporter = { kind: 'reporter', id: 's-1', concernId: 'c-1', reporterId: 'r-1' };
    expect(await verifier().verify(token)).toEqual(reporter);
  });

  it('hands the marks of whom the reporter shut out to whoever checks it', async () => {
    const shutOut = ['5f0c6f1e1d5c8a3e8f006a2f0e9d1c77'];
    const { token } = await sessions().issue({ ...session, clientId: 'k-1', shutOut });
    expect(await verifier().verify(token)).toMatchObject({ clientId: 'k-1', shutOut });
  });

  it('ends when it said it would', async () => {
    const { token, expiresAt } = await sessions().issue(session);
    expect(Date.parse(expiresAt) - Date.parse(clock.now())).toBe(900_000);
    clock.advance({ seconds: 899 });
    await expect(verifier().verify(token)).resolves.toBeDefined();
    clock.advance({ seconds: 1 });
    await expect(verifier().verify(token)).rejects.toMatchObject({ code: 'token_expired', status: 401 });
  });

  it('is over when it was ended, or when its receipt was taken back, and another of the concern goes on', async () => {
    const revoked = new Set<string>();
    const checked = verifier({ revocations: { isRevoked: (name) => revoked.has(name) } });
    const { token } = await sessions().issue(session);
    const { token: later } = await sessions().issue({ ...session, sessionId: 's-2', receipt: 2 });
    revoked.add(receiptName('c-1', 1));
    await expect(checked.verify(token)).rejects.toMatchObject({ code: 'token_invalid', fault: 'revoked' });
    await expect(checked.verify(later)).resolves.toMatchObject({ id: 's-2' });
    revoked.add('s-2');
    await expect(checked.verify(later)).rejects.toMatchObject({ code: 'token_invalid', fault: 'revoked' });
  });

  it('of another deployment is refused', async () => {
    const { token } = await sessions().issue(session);
    await expect(verifier({ issuer: 'urn:other' }).verify(token)).rejects.toMatchObject({
      code: 'token_invalid',
      fault: 'issuer',
    });
  });

  it('under another key is refused', async () => {
    const other = createReceiptSessions({
      privateKey: await generateReceiptKey(),
      issuer,
      lifetimeSeconds: 900,
      clock,
    });
    const { token } = await other.issue(session);
    await expect(verifier().verify(token)).rejects.toMatchObject({ code: 'token_invalid', fault: 'key_unknown' });
  });

  it('is refused under another type, audience, or without a concern, even from our own key', async () => {
    const forge = async (typ: string, audience: string, claims: Record<string, string>) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'EdDSA', typ, kid: jwks.keys[0]?.kid ?? '' })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject('s-1')
        .setIssuedAt(new Date(clock.now()))
        .setExpirationTime(new Date(Date.parse(clock.now()) + 60_000))
        .sign(await importPKCS8(privateKey, 'EdDSA'));
    const good = { concernId: 'c-1' };
    const refused = (token: string) => expect(verifier().verify(token)).rejects;
    await refused(await forge('at+jwt', RECEIPT_AUDIENCE, good)).toMatchObject({ fault: 'type' });
    await refused(await forge('waymark-receipt+jwt', 'urn:waymark:api', good)).toMatchObject({ fault: 'audience' });
    await refused(await forge('waymark-receipt+jwt', RECEIPT_AUDIENCE, {})).toMatchObject({ fault: 'claims' });
  });

  it('publishes no private key and says which key signed', async () => {
    expect(jwks.keys).toHaveLength(1);
    expect(jwks.keys[0]).toMatchObject({ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig' });
    expect(jwks.keys[0]).not.toHaveProperty('d');
  });

  it('is not made with a key of another kind', async () => {
    const { privateKey: rsa } = await generateKeyPair('RS256', { extractable: true });
    const jwk = await (await import('jose')).exportJWK(rsa);
    expect(() => createReceiptSessions({ privateKey: { ...jwk }, issuer, lifetimeSeconds: 900 })).toThrow('Ed25519');
  });
});
