import { randomUUID } from 'node:crypto';
import { VaultPeer } from '@waymark/testing';
import { describeKeyProviderContract } from '../contract-suite.js';
import { createVaultKey, openVaultKeys } from './vault-keys.js';
import { vaultPolicyOfOperator, vaultPolicyOfService } from './vault-policies.js';
import type { VaultOptions } from './vault-options.js';

const { VAULT_ADDR: server, VAULT_TOKEN: rootToken = '' } = process.env;
const key = `waymark-contract-${randomUUID()}`;
const other = `waymark-contract-${randomUUID()}`;

if (server === undefined) {
  describeKeyProviderContract('Vault Transit, played by a peer', async () => {
    const peer = await VaultPeer.start();
    const at = { address: peer.address, timeoutMs: 500 };
    for (const each of [key, other]) await createVaultKey({ ...at, token: { value: peer.rootToken }, key: each });
    const as = (each: string): VaultOptions => {
      const policy = vaultPolicyOfService(each) + vaultPolicyOfOperator([each]);
      return { ...at, token: { value: peer.issueToken(policy) }, key: each };
    };
    const providers = await Promise.all([key, key, other].map((each) => openVaultKeys(as(each))));
    return underContract(providers, {
      cut: async () => peer.seal(),
      mend: async () => peer.unseal(),
      end: () => peer.stop(),
    });
  });
} else {
  describeKeyProviderContract('Vault Transit', async () => {
    const at = { address: server, token: { value: rootToken }, tries: 2 };
    for (const each of [key, other]) await createVaultKey({ ...at, key: each });
    const providers = await Promise.all([key, key, other].map((each) => openVaultKeys({ ...at, key: each })));
    const seal = (path: string, body: object): Promise<Response> =>
      fetch(new URL(`/v1/sys/${path}`, server), {
        method: 'PUT',
        headers: { 'x-vault-token': rootToken },
        body: JSON.stringify(body),
      });
    return underContract(providers, {
      cut: async () => void (await seal('seal', {})),
      mend: async () => {
        await seal('unseal', { key: process.env.VAULT_UNSEAL_KEY });
      },
      end: async () => undefined,
    });
  });
}

function underContract(
  [provider, another, ofAnotherContext]: readonly Awaited<ReturnType<typeof openVaultKeys>>[],
  { cut, mend, end }: { readonly cut: () => Promise<void>; readonly mend: () => Promise<void>; end(): Promise<void> },
) {
  if (!provider || !another || !ofAnotherContext) throw new Error('three providers are needed');
  const close = async (): Promise<void> => {
    await Promise.all([provider, another, ofAnotherContext].map((each) => each.close()));
    await end();
  };
  return { provider, another, ofAnotherContext, cut, mend, close };
}
