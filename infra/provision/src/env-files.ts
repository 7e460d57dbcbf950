import { mkdir, rename, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ProvisionedEnvironment } from './provision.js';

/** Folder and file name of what the issuer needs: the secret of each service's client. */
const ISSUER = 'identity';

/**
 * Writes `<dir>/<service>/<service>.env` for each service, and for the issuer `<dir>/identity/identity.env`; all readable by their
 * owner only. `seenAs`: the folder's name where the service runs, when it is not the one that was written to.
 */
export async function writeEnvironments(
  environments: ReadonlyMap<string, ProvisionedEnvironment>,
  { dir, seenAs }: { readonly dir: string; readonly seenAs?: string },
): Promise<readonly string[]> {
  const files: string[] = [];
  for (const [service, environment] of environments)
    files.push(await writeEnvironment(dir, service, seenAs === undefined ? environment : moved(environment, seenAs)));
  const secrets = [...environments].map(
    ([service, { SERVICE_CLIENT_SECRET = '' }]) =>
      [`IDENTITY_SECRET_${service.toUpperCase()}`, SERVICE_CLIENT_SECRET] as const,
  );
  files.push(await writeEnvironment(dir, ISSUER, Object.fromEntries(secrets)));
  return files;
}

const moved = (environment: ProvisionedEnvironment, folder: string): ProvisionedEnvironment =>
  Object.fromEntries(
    Object.entries(environment).map(([variable, value]) => [
      variable,
      variable.endsWith('_FILE') ? join(folder, basename(value)) : value,
    ]),
  );

/** The file appears whole or not at all: a service may be reading it. */
async function writeEnvironment(dir: string, name: string, environment: ProvisionedEnvironment): Promise<string> {
  const folder = join(dir, name);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, `${name}.env`);
  const lines = Object.entries(environment).map(([variable, value]) => `${variable}=${value}\n`);
  await writeFile(`${file}.new`, lines.join(''), { mode: 0o600, flush: true });
  await rename(`${file}.new`, file);
  return file;
}
