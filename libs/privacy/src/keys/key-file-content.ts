import { createSecretKey, randomBytes, randomUUID, type KeyObject } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { KeyFileError } from './key-errors.js';

const KEY_BYTES = 32;
const READABLE_BY_OTHERS = 0o077;
const LINE = /^(?<id>[0-9a-f-]{36}) (?<key>[A-Za-z0-9_-]{43})$/;

export const NOTICE =
  '# Waymark wrapping keys of one service: "<id> <key>" a line, the last one wraps. Never keep it beside the database backup.\n';

export const newKeyLine = (): string => `${randomUUID()} ${randomBytes(KEY_BYTES).toString('base64url')}\n`;

/** What a file holds, whose it is, and a mark that changes when it is replaced. */
export interface KeyFileContent {
  readonly text: string;
  readonly keys: ReadonlyMap<string, KeyObject>;
  readonly owner: { readonly uid: number; readonly gid: number };
  readonly mark: string;
}

/** Rejects with a `KeyFileError` when the file is missing, malformed, empty, or readable by group or others. */
export async function readKeyFile(path: string): Promise<KeyFileContent> {
  const file = await openExisting(path);
  try {
    const stats = await file.stat();
    refuseOpenFile(path, stats.mode);
    const text = await file.readFile('utf8');
    const { uid, gid } = stats;
    return { text, keys: parse(path, text), owner: { uid, gid }, mark: markOf(stats) };
  } finally {
    await file.close();
  }
}

export const markOf = (stats: { readonly ino: number; readonly mtimeMs: number; readonly mode: number }): string =>
  `${stats.ino} ${stats.mtimeMs} ${stats.mode}`;

export const errorCode = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;

async function openExisting(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    throw new KeyFileError('missing', path, `key file ${path} does not exist`, { cause: error });
  }
}

function refuseOpenFile(path: string, mode: number): void {
  if ((mode & READABLE_BY_OTHERS) === 0) return;
  const shown = (mode & 0o777).toString(8).padStart(4, '0');
  throw new KeyFileError(
    'readable_by_others',
    path,
    `key file ${path} has mode ${shown}: only its owner may have access; run chmod 600 on it, and replace its keys if others read it`,
  );
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
  if (keys.size === 0) throw new KeyFileError('malformed', path, `key file ${path} holds no key`);
  return keys;
}
