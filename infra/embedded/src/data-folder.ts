import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The first that `npm start` makes in a data folder, and so the mark by which it knows one of its own. */
export const startedBefore = 'postgres.password';

export const postgresIn = (dataDir: string): string => join(dataDir, 'postgres');

/** Others' files under these names would be taken for those of the platform. An issuer that runs by itself may share its folder. */
const mustBeFree = ['postgres', 'secrets', 'log'];

/**
 * Makes the data folder where it is not there, and answers the superuser's password of its PostgreSQL, made at the first start.
 * Refuses a folder in which others have files where the platform keeps its own.
 */
export async function openDataFolder(dataDir: string): Promise<string> {
  await mkdir(dataDir, { recursive: true });
  const mark = join(dataDir, startedBefore);
  if (!existsSync(mark)) {
    const taken = mustBeFree.filter((name) => existsSync(join(dataDir, name)));
    if (taken.length > 0)
      throw new Error(
        `${dataDir} holds ${taken.join(', ')}, which npm start has not made; nothing in it was touched. Choose another data folder.`,
      );
    await writeFile(mark, randomBytes(24).toString('hex'), { mode: 0o600, flag: 'wx' });
  }
  return (await readFile(mark, 'utf8')).trim();
}
