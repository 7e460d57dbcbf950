import 'reflect-metadata';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { DEMO_PASSWORD, demoPeople } from '@waymark/identity';
import { loadDemoConcerns } from './demo-concerns.js';
import { portsFrom } from './ports.js';
import { type Platform, startPlatform } from './start-platform.js';

const usage = `Usage: npm start [-- OPTIONS]
  --empty     without the demo concerns
  --fresh     begin anew: deletes the data folder, after asking
  --yes       do not ask
  --data DIR  data folder, .waymark unless given
PORT_BASE moves all ports (3000 unless set).`;

/** `npm start`: the whole platform in this process until Ctrl-C. Answers the exit code. */
export async function main(args: readonly string[], root: string): Promise<number> {
  const options = parse(args);
  if (!options) return 2;
  const dataDir = options.data ?? join(root, '.waymark');
  if (options.fresh && !(await begunAnew(dataDir, options.yes))) return 1;
  let platform: Platform;
  try {
    platform = await startPlatform({ dataDir, ports: portsFrom(process.env.PORT_BASE) });
  } catch (error) {
    console.error(`Waymark cannot start: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
  const ended = untilSignal();
  if (!options.empty) await loadOnce(platform, dataDir);
  const unready = await Promise.race([platform.untilReady(), ended.then(() => [])]);
  console.log(summary(platform));
  for (const reason of unready) console.log(`Not ready yet, and may refuse to show lists: ${reason}`);
  console.log('Waymark is ready');
  await ended;
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
    if (!values.help) return values;
    console.log(usage);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
  return undefined;
}

async function begunAnew(dataDir: string, yes: boolean): Promise<boolean> {
  if (!existsSync(dataDir)) return true;
  if (!yes) {
    if (!process.stdin.isTTY) {
      console.error(`--fresh deletes ${dataDir}; say --yes as well where nobody can be asked.`);
      return false;
    }
    const prompt = createInterface({ input: process.stdin, output: process.stdout });
    const answer = await prompt.question(`Delete everything in ${dataDir}? Type "yes": `);
    prompt.close();
    if (answer.trim() !== 'yes') return false;
  }
  await rm(dataDir, { recursive: true, force: true });
  return true;
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
