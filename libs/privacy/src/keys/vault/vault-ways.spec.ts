import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, makeCertificate, VaultPeer } from '@waymark/testing';
import type { KeyProvider } from '../key-provider.js';
import { createVaultKey, openVaultKeys } from './vault-keys.js';
import type { VaultOptions } from './vault-options.js';
import { vaultPolicyOfOperator, vaultPolicyOfService } from './vault-policies.js';

const plain = randomBytes(32);
const [own, other] = ['waymark-intake', 'waymark-case'];

describe('keys in Vault', () => {
  let peer: VaultPeer;
  const opened: KeyProvider[] = [];
  const open = async (options: Partial<VaultOptions> = {}): Promise<KeyProvider> => {
    const token = { value: peer.issueToken(vaultPolicyOfService(own)) };
    const provider = await openVaultKeys({ address: peer.address, timeoutMs: 300, token, key: own, ...options });
    opened.push(provider);
    return provider;
  };
  const asRoot = (key: string): VaultOptions => ({ address: peer.address, token: { value: peer.rootToken }, key });

  beforeAll(async () => {
    peer = await VaultPeer.start();
    for (const key of [own, other]) await createVaultKey(asRoot(key));
  });
  beforeEach(() => {
    peer.requests.length = 0;
  });
  afterAll(async () => {
    for (const provider of opened) await provider.close();
    await peer.stop();
  });

  it('are used by their own service only, which can neither make, rotate nor delete one', async () => {
    const provider = await open();
    const token = { value: peer.issueToken(vaultPolicyOfService(own)) };
    await provider.wrap(plain);
    await expect(open({ key: other, token })).rejects.toMatchObject({ code: 'denied' });
    await expect(provider.rotate()).rejects.toMatchObject({ code: 'denied' });
    await expect(createVaultKey({ ...asRoot('waymark-new'), token })).rejects.toMatchObject({ code: 'denied' });
  });

  it('are rewrapped by an operator who can unwrap nothing', async () => {
    const { wrapped, wrappingKeyId } = await (await open()).wrap(plain);
    const operator = await open({ token: { value: peer.issueToken(vaultPolicyOfOperator([own, other])) } });
    await operator.rotate();
    const again = await operator.rewrap(wrapped, wrappingKeyId);
    await expect(operator.unwrap(again.wrapped, again.wrappingKeyId)).rejects.toMatchObject({ code: 'denied' });
    await expect(operator.wrap(plain)).rejects.toMatchObject({ code: 'denied' });
    expect(await (await open()).unwrap(again.wrapped, again.wrappingKeyId)).toEqual(plain);
  });

  it('unwrap no more below the least version that is allowed, and are not made anew when they are gone', async () => {
    const key = 'waymark-passing';
    await createVaultKey(asRoot(key));
    const policy = vaultPolicyOfService(key) + vaultPolicyOfOperator([key]);
    const provider = await open({ key, token: { value: peer.issueToken(policy) } });
    const { wrapped, wrappingKeyId } = await provider.wrap(plain);
    await provider.rotate();
    const newer = await provider.wrap(plain);
    peer.transit.configure(key, { min_decryption_version: 2 });
    await expect(provider.unwrap(wrapped, wrappingKeyId)).rejects.toMatchObject({ code: 'retired' });
    await expect(provider.rewrap(wrapped, wrappingKeyId)).rejects.toMatchObject({ code: 'retired' });
    expect((await provider.versions()).all).toEqual([`${key}:v2`]);

    expect(() => peer.transit.delete(key)).toThrow('deletion is not allowed');
    peer.transit.configure(key, { deletion_allowed: true });
    peer.transit.delete(key);
    await expect(provider.wrap(plain)).rejects.toMatchObject({ code: 'denied' });
    await expect(provider.unwrap(newer.wrapped, newer.wrappingKeyId)).rejects.toMatchObject({ code: 'denied' });
    await expect(provider.versions()).rejects.toMatchObject({ code: 'unknown_key' });
    expect(peer.transit.has(key)).toBe(false);
  });

  it.each([
    ['500', { status: 500 }],
    ['503', { status: 503 }],
    ['429 with Retry-After', { status: 429, headers: { 'retry-after': '0' } }],
  ])('are asked for again after %s, and no more than three times', async (_, answer) => {
    const provider = await open();
    peer.requests.length = 0;
    peer.failWith({ ...answer, times: 2 });
    await provider.wrap(plain);
    const encryptions = () => peer.requests.filter((each) => each.includes('/encrypt/'));
    expect(encryptions()).toHaveLength(3);
    peer.failWith({ ...answer, times: 3 });
    await expect(provider.wrap(plain)).rejects.toMatchObject({ code: 'unavailable' });
    expect(encryptions()).toHaveLength(6);
  });

  it('are rotated once, whatever becomes of the answer', async () => {
    const provider = await open({ token: { value: peer.rootToken } });
    peer.requests.length = 0;
    peer.failWith({ status: 500, times: 1 });
    await expect(provider.rotate()).rejects.toMatchObject({ code: 'unavailable' });
    expect(peer.requests.filter((each) => each.includes('/rotate'))).toHaveLength(1);
  });

  it('are unavailable while Vault is silent, away or points elsewhere, and come back', async () => {
    const provider = await open();
    peer.failWith('silence');
    await expect(provider.wrap(plain)).rejects.toMatchObject({ code: 'unavailable' });
    peer.failWith(undefined);
    peer.failWith({ status: 307, headers: { location: 'http://127.0.0.1:1/' }, times: 3 });
    await expect(provider.wrap(plain)).rejects.toMatchObject({ code: 'unavailable' });
    await peer.goAway();
    await expect(provider.wrap(plain)).rejects.toMatchObject({ code: 'unavailable' });
    await peer.comeBack();
    await provider.wrap(plain);
  });

  it('are not opened with a token that is wrong or gone, and the token is told to nobody', async () => {
    const token = peer.issueToken(vaultPolicyOfService(own));
    const provider = await open({ token: { value: token } });
    peer.revoke(token);
    const refused = await provider.wrap(plain).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'denied' });
    expect(String(refused)).not.toContain(token);
    await expect(open({ token: { path: '/nowhere/token' } })).rejects.toMatchObject({ code: 'denied' });
  });

  it('stay open: a token is renewed before it ends', async () => {
    const provider = await open({ token: { value: peer.issueToken(vaultPolicyOfService(own), 3) } });
    const renewals = () => peer.requests.filter((each) => each.endsWith('/renew-self')).length;
    await eventually(async () => renewals() >= 4);
    await provider.wrap(plain);
  });

  it('follow a token file that somebody keeps fresh', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'waymark-token-'));
    const path = join(folder, 'token');
    const first = peer.issueToken(vaultPolicyOfService(own));
    await writeFile(path, `${first}\n`, { mode: 0o600 });
    const provider = await open({ token: { path } });
    await writeFile(path, peer.issueToken(vaultPolicyOfService(own)));
    peer.revoke(first);
    await provider.wrap(plain);
    await chmod(path, 0o600);
    await rm(folder, { recursive: true });
  });

  it('are reached over TLS under an authority that is named, and not otherwise', async () => {
    const { key, certificate } = makeCertificate();
    const secure = await VaultPeer.start({ tls: { key: key.toString(), cert: certificate.toString() } });
    const at = { address: secure.address, token: { value: secure.rootToken }, key: own };
    await expect(createVaultKey(at)).rejects.toMatchObject({ code: 'unavailable' });
    await createVaultKey({ ...at, certificateAuthority: certificate.toString() });
    const provider = await openVaultKeys({ ...at, certificateAuthority: certificate.toString() });
    await provider.wrap(plain);
    await provider.close();
    await secure.stop();
  });
});
