import { createSecretKey, randomBytes, randomUUID, type KeyObject } from 'node:crypto';
import { link, mkdir, open, unlink, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { decrypt, encrypt, label } from './aes-gcm.js';
import { KeyFileError } from './key-errors.js';
import type { KeyProvider } from './key-provider.js';

const KEY_BYTES = 32;
const READABLE_BY_OTHERS = 0o077;
const NOTICE =
  '# Waymark wrapping keys of one service: "<id> <key>" a line, the last one wraps. Never keep it beside the database backup.\n';
const LINE = /^(?<id>[0-9a-f-]{36}) (?<key>[A-Za-z0-9_-]{43})$/;

const associatedData = (wrappingKeyId: string): string => label('waymark.wrapped-key.v1', wrappingKeyId);

const errorCode = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;

/**
 * Writes a new key file with one 256-bit key, readable by its owner only. The file appears complete or not at all, and an
 * existing file is never touched: rejects with a `KeyFileError` `exists`.
 */
export async function createKeyFile({ path }: { readonly path: string }): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${randomUUID()}`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.chmod(0o600);
    await file.writeFile(`${NOTICE}${randomUUID()} ${randomBytes(KEY_BYTES).toString('base64url')}\n`);
    await file.sync();
    await link(draft, path);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    throw new KeyFileError('exists', path, `key file ${path} exists already and is not overwritten`, { cause: error });
  } finally {
    await file.close();
    await unlink(draft);
  }
  await syncDirectory(dirname(path));
}

/** A power cut must not take away the only key of data that was sealed and acknowledged after it. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/**
 * The key provider of a service that keeps its wrapping keys in a file. Rejects with a `KeyFileError` when the file is missing,
 * malformed, or readable by group or others.
 */
export async function openKeyFile({ path }: { readonly path: string }): Promise<KeyProvider> {
  const keys = parse(path, await readPrivately(path));
  const newest = [...keys].at(-1);
  if (!newest) throw new KeyFileError('malformed', path, `key file ${path} holds no key`);
  const [wrappingKeyId, wrappingKey] = newest;
  return {
    wrap: async (plain) => ({ wrapped: encrypt(wrappingKey, plain, associatedData(wrappingKeyId)), wrappingKeyId }),
    unwrap: async (wrapped, id) => {
      const key = keys.get(id);
      if (!key) throw new KeyFileError('unknown_key', path, `key file ${path} has no wrapping key ${id}`);
      const plain = decrypt(key, wrapped, associatedData(id));
      if (!plain) throw new KeyFileError('altered', path, `a key wrapped by ${id} of ${path} was altered`);
      return plain;
    },
  };
}

async function readPrivately(path: string): Promise<string> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    throw new KeyFileError('missing', path, `key file ${path} does not exist`, { cause: error });
  }
  try {
    const mode = (await file.stat()).mode;
    if ((mode & READABLE_BY_OTHERS) !== 0) {
      const shown = (mode & 0o777).toString(8).padStart(4, '0');
      throw new KeyFileError(
        'readable_by_others',
        path,
        `key file ${path} has mode ${shown}: only its owner may have access; run chmod 600 on it, and replace its keys if others read it`,
      );
    }
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

function parse(path: string, text: string): ReadonlyMap<string, KeyObject> {
  const keys = new Map<string, KeyObject>();
  for (const [index, line] of text.split('\n').entries()) {
    if (line === '' || line.startsWith('#')) continue;
    const { id, key } = LINE.exec(line)?.groups ?? {};
    if (id === undefined || key === undefined || keys.has(id)) {
      throw new KeyFileError('malformed', path, `line ${index + 1} of key file ${path} is not "<id> <key>"`);
    }
    keys.set(id, createSecretKey(Buffer.from(key, 'base64url')));
  }
  return keys;
}
