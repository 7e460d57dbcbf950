import 'reflect-metadata';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DEMO_PASSWORD, demoPeople } from '@waymark/identity';
import { begunAnew } from './begin-anew.js';
import { loadDemoConcerns } from './demo-concerns.js';
import { demandFree, portsFrom } from './ports.js';
import { type Platform, startPlatform } from './start-platform.js';

const usage = `Usage: npm start [-- OPTIONS]
  --empty     without the demo concerns
  --fresh     begin anew: deletes what it has made in the data folder, after asking
  --yes       do not ask
  --data DIR  data folder, .waymark unless given
PORT_BASE moves all ports (3000 unless set).`;

/** `npm start`: the whole platform in this process until Ctrl-C. Answers the exit code. */
export async function main(args: readonly string[], root: string): Promise<number> {
  const options = parse(args);
  if (!options) return 2;
  const dataDir = options.data ?? join(root, '.waymark');
  let platform: Platform;
  try {
    const ports = portsFrom(process.env.PORT_BASE);
    if (options.fresh) {
      await demandFree(ports);
      if (!(await begunAnew(dataDir, ports.postgres, options.yes))) return 1;
    }
    platform = await startPlatform({ dataDir, ports });
  } catch (error) {
    console.error(`Waymark cannot start: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
  const ended = untilSignal();
  let stopping = false;
  void platform.databaseEnded.then(() => {
    if (!stopping) console.error(databaseHasEnded(dataDir));
  });
  if (!options.empty) await loadOnce(platform, dataDir);
  const unready = await Promise.race([platform.untilReady(), ended.then(() => [])]);
  console.log(summary(platform));
  for (const reason of unready) console.log(`Not ready yet, and may refuse to show lists: ${reason}`);
  console.log('Waymark is ready');
  await ended;
  stopping = true;
  console.log('Stopping ...');
  await platform.stop();
  return 0;
}

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        empty: { type: 'boolean', default: false },
        fresh: { type: 'boolean', default: false },
        yes: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
        data: { type: 'string' },
      },
    });
    if (values.help) console.log(usage);
    else if (values.data === '') console.error(`--data: name a folder\n${usage}`);
    else return values;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
  return undefined;
}

/** The demo concerns are entered once per data folder. */
async function loadOnce(platform: Platform, dataDir: string): Promise<void> {
  const marker = join(dataDir, 'demo-concerns-loaded');
  if (existsSync(marker)) return;
  const count = await loadDemoConcerns(platform);
  await writeFile(marker, `${count}\n`);
}

function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.on('SIGINT', () => resolve());
    process.on('SIGTERM', () => resolve());
  });
}

const databaseHasEnded = (dataDir: string): string => `
PostgreSQL has ended: nothing can be stored or shown any more. Nothing that was acknowledged is lost.
What it said last is at the end of ${join(dataDir, 'log', 'waymark.log')}; a full disk or too little memory are likely.
End this with Ctrl-C, and run npm start again.
`;

function summary({ urlOf, issuer }: Platform): string {
  const people = demoPeople.map(
    ({ username, roles, unit, name }) =>
      `  ${username.padEnd(22)} ${roles.join(', ').padEnd(28)} ${(unit ?? '').padEnd(20)} ${name}`,
  );
  const addresses = (
    ['page', 'intake', 'case', 'consent', 'referral', 'reporting', 'audit', 'engagement', 'identity'] as const
  ).map((part) => `  ${part.padEnd(12)} ${urlOf(part)}${part === 'page' || part === 'identity' ? '' : '/docs'}`);
  return `
Addresses
${addresses.join('\n')}

Demo people, for trying out only (password of all: ${DEMO_PASSWORD})
  ${'log-in'.padEnd(22)} ${'roles'.padEnd(28)} ${'unit'.padEnd(20)} name
${people.join('\n')}

A token, good for five minutes
  curl -s -d grant_type=password -d client_id=waymark-cli -d username=amina.officer -d password=${DEMO_PASSWORD} ${issuer}/token
`;
}
