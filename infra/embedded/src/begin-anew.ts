import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { demandUnused, stopLeftovers } from '@waymark/local-postgres';
import { postgresIn, startedBefore } from './data-folder.js';
import { demandPortFree } from './ports.js';

/** What `npm start` makes in a data folder. The mark by which it knows the folder again goes last. */
const made = {
  postgres: 'the log, every database and data key',
  'postgres.unfinished': 'what an interrupted start left',
  secrets: 'wrapping keys, passwords and environments of the services',
  identity: 'keys of the demo sign-in',
  log: 'what the platform has said',
  'demo-concerns-loaded': 'that the demo concerns were entered',
  [startedBefore]: 'password of the database',
};

/**
 * Deletes from a data folder what `npm start` has made there, after asking; answers whether that was done or needless.
 * Touches nothing before it is certain that the folder is one of ours, that nobody uses it and that a new start finds its port.
 */
export async function begunAnew(dataDir: string, postgresPort: number, yes: boolean): Promise<boolean> {
  const found = await contentOf(dataDir);
  if (found.length === 0) return true;
  if (!found.includes(startedBefore))
    throw new Error(
      `${dataDir} holds ${found.slice(0, 10).join(', ')}, and nothing that npm start has made: nothing was deleted. Leave --fresh out, or choose another data folder.`,
    );
  await demandUnused(postgresIn(dataDir));
  const doomed = Object.entries(made).filter(([name]) => found.includes(name));
  const kept = found.filter((name) => !(name in made));
  if (!yes && !(await confirmed(dataDir, doomed, kept))) return false;
  await stopLeftovers(postgresIn(dataDir));
  await demandPortFree(postgresPort);
  for (const [name] of doomed) await rm(join(dataDir, name), { recursive: true, force: true });
  return true;
}

async function contentOf(folder: string): Promise<readonly string[]> {
  return (
    await readdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    })
  ).sort();
}

async function confirmed(
  dataDir: string,
  doomed: readonly (readonly [string, string])[],
  kept: readonly string[],
): Promise<boolean> {
  const lines = doomed.map(([name, what]) => `  ${name.padEnd(22)} ${what}\n`).join('');
  console.log(`--fresh deletes for good, in ${dataDir}:\n${lines}`);
  if (kept.length > 0) console.log(`What else lies there stays: ${kept.join(', ')}\n`);
  if (!process.stdin.isTTY) {
    console.error('Nothing was deleted: say --yes as well where nobody can be asked.');
    return false;
  }
  const prompt = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await prompt.question('Type "yes" to delete it: ');
  prompt.close();
  return answer.trim() === 'yes';
}
