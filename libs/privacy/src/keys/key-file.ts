import type { KeyObject } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { decrypt, encrypt, label } from './aes-gcm.js';
import { addKey } from './create-key-file.js';
import { KeyFileError, KeyProviderError } from './key-errors.js';
import { type KeyFileContent, markOf, readKeyFile } from './key-file-content.js';
import type { KeyProvider, WrappedKey } from './key-provider.js';

const associatedData = (wrappingKeyId: string): string => label('waymark.wrapped-key.v1', wrappingKeyId);

/**
 * The key provider of a service that keeps its wrapping keys in a file, which is read again whenever it was replaced. Rejects with
 * a `KeyFileError` when the file is missing, malformed, or readable by group or others; when it becomes so later, calls reject
 * with `unavailable`.
 */
export async function openKeyFile({ path }: { readonly path: string }): Promise<KeyProvider> {
  let known: KeyFileContent = await readKeyFile(path);

  const read = async (): Promise<ReadonlyMap<string, KeyObject>> => {
    try {
      if (markOf(await stat(path)) !== known.mark) known = await readKeyFile(path);
      return known.keys;
    } catch (error) {
      const reason = error instanceof KeyFileError ? error.message : `key file ${path} cannot be read`;
      throw new KeyProviderError('unavailable', reason, { cause: error });
    }
  };

  const wrapWith = ([id, key]: readonly [string, KeyObject], plain: Buffer): WrappedKey => ({
    wrapped: encrypt(key, plain, associatedData(id)),
    wrappingKeyId: id,
  });

  const unwrapWith = (keys: ReadonlyMap<string, KeyObject>, wrapped: Buffer, id: string): Buffer => {
    const key = keys.get(id);
    if (!key) throw new KeyProviderError('unknown_key', `key file ${path} has no wrapping key ${id}`);
    const plain = decrypt(key, wrapped, associatedData(id));
    if (!plain) throw new KeyProviderError('altered', `a key wrapped by ${id} of ${path} was altered`);
    return plain;
  };

  return {
    wrap: async (plain) => wrapWith(lastOf(await read()), plain),
    unwrap: async (wrapped, id) => unwrapWith(await read(), wrapped, id),
    rewrap: async (wrapped, id) => {
      const keys = await read();
      const plain = unwrapWith(keys, wrapped, id);
      const again = wrapWith(lastOf(keys), plain);
      plain.fill(0);
      return again;
    },
    rotate: async () => {
      await read();
      await addKey(path);
    },
    versions: async () => {
      const keys = await read();
      return { current: lastOf(keys)[0], all: [...keys.keys()] };
    },
    close: async () => undefined,
  };
}

function lastOf(keys: ReadonlyMap<string, KeyObject>): readonly [string, KeyObject] {
  const last = [...keys].at(-1);
  if (!last) throw new Error('a key file without a key was opened');
  return last;
}
