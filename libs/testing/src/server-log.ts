import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { POSTGRES_LOG, TEST_RUN } from './environment.js';
import { eventually } from './eventually.js';
import { asSuperuser, serverUrl } from './test-database.js';

/** All that the PostgreSQL of this test run has logged so far, whoever's test it was for. */
export async function readServerLog(): Promise<string> {
  const file = path.join(process.env[TEST_RUN] ?? '', POSTGRES_LOG);
  const mark = randomUUID();
  await asSuperuser(serverUrl(), (client) => client.query(`DO $$ BEGIN RAISE LOG '${mark}'; END $$`));
  let text = '';
  // The log goes a way of its own: what was logged before the mark is there when the mark is.
  await eventually(async () => (text = await readFile(file, 'utf8')).includes(mark));
  return text;
}
