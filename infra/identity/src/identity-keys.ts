import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { JWKS } from 'oidc-provider';

export interface IdentityKeys {
  /** Private keys that sign tokens; the first is in use, the others still verify. */
  readonly jwks: JWKS;
  readonly cookieKeys: readonly string[];
}

/** Reads the issuer's keys from `identity-keys.json` in a folder, or makes them. Refuses a file that others can read. */
export async function keptKeys(dataDir: string): Promise<IdentityKeys> {
  const file = join(dataDir, 'identity-keys.json');
  if (!existsSync(file)) await keep(file, JSON.stringify(freshKeys()));
  if (((await stat(file)).mode & 0o077) !== 0) throw new Error(`${file} must not be readable by others (chmod 600)`);
  const kept: IdentityKeys = JSON.parse(await readFile(file, 'utf8'));
  return kept;
}

/** The file appears whole or not at all, whenever the process is killed. */
async function keep(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, text, { mode: 0o600, flush: true });
  await rename(draft, file);
}

function freshKeys(): IdentityKeys {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = { ...privateKey.export({ format: 'jwk' }), kty: 'EC', use: 'sig', alg: 'ES256' };
  return {
    jwks: { keys: [{ ...jwk, kid: randomBytes(8).toString('hex') }] },
    cookieKeys: [randomBytes(32).toString('base64url')],
  };
}
