import { randomBytes } from 'node:crypto';
import { chmod, link, mkdir, readFile, stat, unlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { deriveSecret } from '@waymark/privacy';
import { ConfigError } from './config.js';

/** The service's own secret, from which all others are derived by label. Never logged, never stored in a database. */
export class Secrets {
  constructor(private readonly root: Buffer) {}

  /** 32 bytes for one use; the same for the same label. */
  of(label: string): Buffer {
    return deriveSecret({ secret: this.root, label, input: '' });
  }
}

/** Reads a secret file of at least 32 bytes; refuses one that others than its owner may read. */
export async function readSecretFile(path: string): Promise<Secrets> {
  const info = await stat(path).catch(() => undefined);
  if (!info) throw new ConfigError(`SECRET_FILE: ${path} does not exist`);
  if ((info.mode & 0o077) !== 0)
    throw new ConfigError(`SECRET_FILE: ${path} may be read by others than its owner (chmod 600)`);
  const root = Buffer.from((await readFile(path, 'utf8')).trim(), 'base64url');
  if (root.length < 32) throw new ConfigError(`SECRET_FILE: ${path} holds less than 32 bytes of base64url`);
  return new Secrets(root);
}

/**
 * Makes a secret file unless there is one, of 32 bytes at random or of a secret that there is already; safe when several processes do
 * it at once and when killed in between.
 */
export async function createSecretFile(path: string, secret: Buffer = randomBytes(32)): Promise<void> {
  if (await stat(path).catch(() => undefined)) return;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, `${secret.toString('base64url')}\n`, { mode: 0o600, flush: true });
  await chmod(draft, 0o600);
  await link(draft, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await unlink(draft);
}
