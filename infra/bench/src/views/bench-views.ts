import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { type BenchServer, withBenchServer } from '../bench-server.js';
import { Runs } from '../measure.js';
import { installPeers, peersDir, versionsWith } from '../peers.js';
import { type Report, type Result, thisMachine } from '../report.js';
import { emmettRebuild } from './emmett-rebuild.js';
import { type FactLog, openFactLog } from './fact-log.js';
import type { Folded, FoldTask } from './fold-once.js';

interface Effort {
  readonly sizes: readonly [number, number];
  readonly runs: number;
  /** Emmett rebuilds from so many; its rate is taken from that. */
  readonly emmettEvents: number;
}

const quick: Effort = { sizes: [100_000, 1_000_000], runs: 1, emmettEvents: 3_000 };
const full: Effort = { sizes: [100_000, 1_000_000], runs: 5, emmettEvents: 20_000 };

/**
 * The reporting views from the log: rebuilt, followed live, five at once; beside emmett-postgresql's rebuild of the same counts, in
 * one run on one server with fsync on.
 */
export async function benchViews(options: { readonly quick: boolean }): Promise<Report> {
  const effort = options.quick ? quick : full;
  await installPeers();
  return withBenchServer(async (server) => {
    const log = await openFactLog(await server.freshDatabase());
    const results: Result[] = [];
    for (const size of effort.sizes) {
      console.error(`filling a log with ${size.toLocaleString('en')} facts ...`);
      await log.fillTo(size);
      results.push(...(await measureAt(server, log, size, effort)));
    }
    await log.close();
    const versions = await versionsWith(server.version);
    return { machine: thisMachine(), versions, results, ratios: ratiosOf(results, effort) };
  });
}

async function measureAt(
  server: BenchServer,
  log: FactLog,
  logSize: number,
  { runs, sizes, emmettEvents }: Effort,
): Promise<readonly Result[]> {
  const rebuild = new Runs({ name: 'rebuild', unit: 'events/s', logSize });
  const peak = new Runs({ name: 'peak-memory', unit: 'MiB', logSize });
  const live = new Runs({ name: 'live', unit: 'events/s', logSize });
  const five = new Runs({ name: 'rebuild-5-views', unit: 'events/s', logSize });
  for (let run = 0; run < runs; run += 1) {
    console.error('rebuilding ...');
    const built = await inItsOwnProcess(server, { how: 'rebuild', logUrl: log.url, views: 1, events: logSize });
    rebuild.add('waymark', built.eventsPerSecond);
    peak.add('waymark', built.peakMiB);
    rebuild.add('emmett', await emmettRebuild(await server.freshDatabase(), peersDir, emmettEvents));
    // What follows is measured at the smaller size only: it folds the same pages.
    if (logSize !== sizes[0]) continue;
    console.error('live, then five at once ...');
    const task = { logUrl: log.url, events: logSize };
    live.add('waymark', (await inItsOwnProcess(server, { ...task, how: 'live', views: 1 })).eventsPerSecond);
    five.add('waymark', (await inItsOwnProcess(server, { ...task, how: 'rebuild', views: 5 })).eventsPerSecond);
  }
  return [rebuild, peak, live, five].flatMap((measured) => measured.results());
}

async function inItsOwnProcess(server: BenchServer, task: Omit<FoldTask, 'databaseUrl'>): Promise<Folded> {
  const { url: databaseUrl } = await server.freshDatabase();
  const script = path.join(import.meta.dirname, 'fold-once.js');
  const child = fork(script, [JSON.stringify({ ...task, databaseUrl })], { stdio: 'inherit' });
  const ended = once(child, 'exit').then(() => {
    throw new Error('the fold has ended without an answer');
  });
  const [folded]: readonly [Folded] = (await Promise.race([once(child, 'message'), ended])) as [Folded];
  ended.catch(() => undefined);
  return folded;
}

function ratiosOf(results: readonly Result[], { sizes: [small, large] }: Effort): Report['ratios'] {
  const value = (name: string, system: string, logSize: number): number =>
    results.find((each) => each.name === name && each.system === system && each.logSize === logSize)?.median ??
    Number.NaN;
  return [
    { name: 'rebuild-vs-emmett', value: value('rebuild', 'waymark', large) / value('rebuild', 'emmett', large) },
    {
      name: 'rebuild-100k-to-1m-slope',
      value: value('rebuild', 'waymark', large) / value('rebuild', 'waymark', small),
    },
    {
      name: 'peak-memory-1m-vs-100k',
      value: value('peak-memory', 'waymark', large) / value('peak-memory', 'waymark', small),
    },
  ];
}
