import { writeFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createVaultKey, vaultPolicyOfService } from '@waymark/privacy';
import { VaultPeer } from '@waymark/testing';
import { readSettings } from './config.js';
import { openKeys } from './key-settings.js';

const ordinary = {
  PORT: '3001',
  DATABASE_URL: 'postgres://intake@localhost/intake',
  KEYS_DATABASE_URL: 'postgres://intake@localhost/intake_keys',
  EVENT_STORE_URL: 'postgres://intake@localhost/events',
  BUS: 'postgres',
  BUS_URL: 'postgres://intake@localhost/bus',
  OIDC_ISSUER: 'http://localhost:3010',
  RECEIPT_ISSUER: 'http://localhost:3001',
  SERVICE_CLIENT_SECRET: 'lavender',
  SECRET_FILE: '/run/secrets/secret',
};

describe('keys in Vault, by the settings of a service', () => {
  let peer: VaultPeer;
  let token: string;
  let folder: string;
  const open = async (changed: NodeJS.ProcessEnv) =>
    openKeys('intake', readSettings('intake', { ...ordinary, KEYS: 'vault', ...changed }, {}));

  beforeAll(async () => {
    peer = await VaultPeer.start();
    token = peer.issueToken(vaultPolicyOfService('waymark-intake'));
    await createVaultKey({ address: peer.address, token: { value: peer.rootToken }, key: 'waymark-intake' });
    folder = await mkdtemp(join(tmpdir(), 'waymark-settings-'));
    await writeFile(join(folder, 'token'), token);
  });
  afterAll(async () => {
    await peer.stop();
    await rm(folder, { recursive: true });
  });

  it('need no key file, and take the token from a file or a variable', async () => {
    for (const way of [{ VAULT_TOKEN: token }, { VAULT_TOKEN_FILE: join(folder, 'token') }]) {
      const provider = await open({ VAULT_ADDR: peer.address, ...way });
      expect((await provider.versions()).current).toBe('waymark-intake:v1');
      await provider.close();
    }
  });

  it.each([
    ['VAULT_ADDR', {}],
    ['VAULT_TOKEN_FILE', { VAULT_ADDR: 'here' }],
    ['VAULT_TOKEN_FILE', { VAULT_ADDR: 'here', VAULT_TOKEN: 'jasmine' }],
    ['VAULT_TOKEN', { VAULT_ADDR: 'here', VAULT_TOKEN: 'jasmine', VAULT_TOKEN_FILE: '/jasmine' }],
    ['VAULT_ADDR', { VAULT_ADDR: 'http://vault.example:8200', VAULT_TOKEN: 'jasmine' }],
    ['VAULT_CACERT', { VAULT_ADDR: 'here', VAULT_TOKEN: 'jasmine', VAULT_CACERT: '/jasmine' }],
    ['VAULT_TOKEN_FILE', { VAULT_ADDR: 'here', VAULT_TOKEN: 'ours', VAULT_TRANSIT_KEY: 'waymark-case' }],
    ['VAULT_ADDR', { VAULT_ADDR: 'http://127.0.0.1:1', VAULT_TOKEN: 'jasmine' }],
  ])('are refused by an error that names %s and no secret', async (name, changed: NodeJS.ProcessEnv) => {
    const { VAULT_ADDR, VAULT_TOKEN } = changed;
    const refused = await open({
      ...changed,
      ...(VAULT_ADDR === 'here' ? { VAULT_ADDR: peer.address } : {}),
      ...(VAULT_TOKEN === 'ours' ? { VAULT_TOKEN: token } : {}),
    }).then(String, (error: unknown) => error);
    expect(refused).toMatchObject({ name: 'ConfigError', message: expect.stringContaining(`${name}: `) });
    expect(String(refused)).not.toContain(token);
    if (VAULT_TOKEN === 'jasmine') expect(String(refused)).not.toContain('jasmine');
  });
});
