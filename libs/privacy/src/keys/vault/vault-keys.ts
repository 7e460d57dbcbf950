import { KeyProviderError } from '../key-errors.js';
import type { KeyProvider, WrappedKey } from '../key-provider.js';
import { numberIn, partOf, textIn } from './vault-answer.js';
import { VaultDoor } from './vault-door.js';
import type { VaultOptions } from './vault-options.js';
import { keepToken } from './vault-token.js';

const versionOf = (ciphertext: string): string | undefined => /^vault:(v\d+):[A-Za-z0-9+/=]+$/.exec(ciphertext)?.[1];

/**
 * The key provider of a service whose wrapping key lies in the Transit engine of Vault or OpenBao and never leaves it. Ids are
 * `<key>:v<version>`. Nothing is kept here and nothing else is tried: what Vault does not do is not done. Rejects when the key
 * cannot be seen.
 */
export async function openVaultKeys(options: VaultOptions): Promise<KeyProvider> {
  const { key } = options;
  const mount = options.mount ?? 'transit';
  const door = new VaultDoor(options);
  const transit = async (act: 'encrypt' | 'decrypt' | 'rewrap', body: object): Promise<object> =>
    partOf(await door.ask('POST', `${mount}/${act}/${key}`, { body }), 'data');

  const wrappedIn = (answer: object): WrappedKey => {
    const ciphertext = textIn(answer, 'ciphertext');
    const version = versionOf(ciphertext);
    if (version === undefined) throw new KeyProviderError('unexpected', 'the key service wraps in an unknown form');
    return { wrapped: Buffer.from(ciphertext), wrappingKeyId: `${key}:${version}` };
  };

  const ciphertextOf = (wrapped: Buffer, wrappingKeyId: string): string => {
    if (!wrappingKeyId.startsWith(`${key}:v`))
      throw new KeyProviderError('unknown_key', `${wrappingKeyId} is no version of the wrapping key ${key}`);
    const ciphertext = wrapped.toString('latin1');
    if (versionOf(ciphertext) !== wrappingKeyId.slice(key.length + 1))
      throw new KeyProviderError('altered', `a key wrapped by ${wrappingKeyId} was altered`);
    return ciphertext;
  };

  const versions: KeyProvider['versions'] = async () => {
    const told = partOf(await door.ask('GET', `${mount}/keys/${key}`), 'data');
    const [from, to] = [numberIn(told, 'min_decryption_version'), numberIn(told, 'latest_version')];
    const all = Object.keys(partOf(told, 'keys'))
      .map(Number)
      .filter((each) => each >= from);
    return {
      current: `${key}:v${to}`,
      all: all.sort((one, other) => one - other).map((each) => `${key}:v${each}`),
    };
  };

  try {
    await versions();
  } catch (error) {
    door.close();
    throw error;
  }
  const letTokenGo = keepToken(door, options.onTrouble);
  return {
    wrap: async (plain) => wrappedIn(await transit('encrypt', { plaintext: plain.toString('base64') })),
    unwrap: async (wrapped, wrappingKeyId) => {
      const ciphertext = ciphertextOf(wrapped, wrappingKeyId);
      const plain = Buffer.from(textIn(await transit('decrypt', { ciphertext }), 'plaintext'), 'base64');
      if (plain.length === 0) throw new KeyProviderError('unexpected', 'the key service unwraps to nothing');
      return plain;
    },
    rewrap: async (wrapped, wrappingKeyId) =>
      wrappedIn(await transit('rewrap', { ciphertext: ciphertextOf(wrapped, wrappingKeyId) })),
    rotate: async () => void (await door.ask('POST', `${mount}/keys/${key}/rotate`, { body: {}, once: true })),
    versions,
    close: async () => {
      await letTokenGo();
      door.close();
    },
  };
}

/** Makes the Transit key of a context unless there is one. It cannot be exported, backed up in the clear, or deleted. */
export async function createVaultKey(options: VaultOptions): Promise<void> {
  const door = new VaultDoor(options);
  try {
    await door.ask('POST', `${options.mount ?? 'transit'}/keys/${options.key}`, { body: { type: 'aes256-gcm96' } });
  } finally {
    door.close();
  }
}
