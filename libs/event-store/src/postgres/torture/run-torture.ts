import { setTimeout as delay } from 'node:timers/promises';
import { FaultProxy, randomFrom } from '@waymark/testing';
import { verifyStream } from '../../chain.js';
import { openLogUnderTest, type LogUnderTest } from '../log-under-test.js';
import { startServerUnderTest } from '../server-under-test.js';
import { connected, insisting } from './connect.js';
import { delaysOf, type Delays } from './delays.js';
import { crashAt, disturb, killBackends, strangers } from './faults.js';
import { faultyReader, subscriber, type Follower, type PlantedFault } from './followers.js';
import { Ledger } from './ledger.js';
import { sabotageLog, type Sabotage } from './sabotage.js';
import { judge, type StoredEvent, type Verdict } from './verdict.js';
import { appendByHand, appendInTwoPhases, anyStream, categories, insist } from './writers.js';

export interface TortureOptions {
  readonly seed: number;
  /** Goes on until so many events are acknowledged … */
  readonly events: number;
  /** … and so many minutes are over. */
  readonly minutes?: number;
  /** How often the server crashes. */
  readonly crashes: number;
  /** Readers with a fault, beside the log's own: the verdict must find them. */
  readonly planted?: readonly PlantedFault[];
  /** Breaks the log itself before anybody uses it: the verdict must find that as well. */
  readonly sabotage?: Sabotage;
  /** How long the readers wait for something more when all the writing has ended. */
  readonly patienceMs?: number;
  readonly onProgress?: (line: string) => void;
}

export interface TortureReport {
  readonly verdict: Verdict;
  readonly stored: number;
  readonly acknowledged: number;
  readonly streams: number;
  readonly seconds: number;
  readonly delays: readonly Delays[];
  readonly injected: ReadonlyMap<string, number>;
}

const writers = 16;
/** Connections that the server has forgotten are given up so soon; whoever waits for a row is served long before. */
const answerWithinMs = 1_000;
/** Nobody holds anything open by intent for a while in between: what is delivered late then was late by itself. */
const holding = 2_000;
const free = 1_000;

/**
 * Writes to and reads from a log on a server of its own under every fault at once, and judges what came of it. The seed
 * decides what is done; how the machine interleaves it is different every time.
 */
export async function runTorture(options: TortureOptions): Promise<TortureReport> {
  const server = await startServerUnderTest();
  const log = await openLogUnderTest(server.url());
  try {
    return await tortureOn(server, log, options);
  } finally {
    await log.close();
    await server.close();
  }
}

async function tortureOn(
  server: Awaited<ReturnType<typeof startServerUnderTest>>,
  log: LogUnderTest,
  options: TortureOptions,
): Promise<TortureReport> {
  const { seed, events, crashes } = options;
  const random = (salt: number) => randomFrom(seed + salt);
  const ledger = new Ledger();
  const begun = performance.now();
  const [role, rare, quiet] = [
    await log.role({ append: categories, read: 'all' }),
    await log.role({ read: ['rare'] }),
    await log.role({ append: categories }),
  ];
  await connected(server.url(), async (admin) => {
    if (options.sabotage) await sabotageLog(admin, options.sabotage);
    await admin.query('create database strangers');
  });
  const proxies = [
    await FaultProxy.open({ host: '127.0.0.1', port: server.port }),
    await FaultProxy.open({ host: '127.0.0.1', port: server.port }),
  ] as const;
  const [forWriters, forReaders] = proxies;

  let failed = false;
  const until = begun + (options.minutes ?? 0) * 60_000;
  const running = (): boolean => !failed && (ledger.acknowledged < events || performance.now() < until);
  const leave = await strangers([server.url('strangers'), server.url()], ledger);

  const readerStore = (url: string) => log.openStore(url, { poolSize: 4, answerWithinMs });
  const shared = readerStore(role.url);
  const followers: Follower[] = [
    subscriber({ name: 'the whole log', store: shared, batchSize: 1_000 }),
    subscriber({ name: 'the whole log, in small pages', store: shared, batchSize: 20 }),
    subscriber({
      name: 'the whole log over a bad line',
      store: readerStore(forReaders.through(role.url)),
      batchSize: 100,
    }),
    subscriber({
      name: 'two categories',
      store: readerStore(role.url),
      batchSize: 50,
      only: ['thing', 'rare'],
      categories: ['thing', 'rare'],
    }),
    subscriber({ name: 'one category, no other rights', store: readerStore(rare.url), batchSize: 10, only: ['rare'] }),
    subscriber({
      name: 'one category, over a bad line, begun again and again',
      store: readerStore(forReaders.through(rare.url)),
      batchSize: 10,
      only: ['rare'],
      restarts: random(-2),
      onRestart: () => ledger.inject('subscriptions begun again'),
    }),
    ...(options.planted ?? []).map((fault) => faultyReader(fault, server.url())),
  ];

  const mayHold = (): boolean => (performance.now() - begun) % (holding + free) < holding;
  // As callers in one service do, writers share a store, so that their appends go together; half of them over a bad line.
  const writerStores = [forWriters.through(role.url), role.url].map((url) =>
    log.openStore(url, { poolSize: writers, answerWithinMs }),
  );
  const write = async (writer: number): Promise<void> => {
    const own = random(writer);
    const store = writerStores[writer % writerStores.length] ?? shared;
    while (running()) {
      if (own.chance(0.1) && mayHold()) await appendByHand(role.url, ledger, own);
      else await insist(store, ledger, ledger.begin(anyStream(own), 1 + own.upTo(own.chance(0.05) ? 200 : 4)));
    }
  };
  const leaveInTwoPhases = async (): Promise<void> => {
    const own = random(-3);
    for (let count = 0; running(); count += 1) {
      await delay(200 + own.upTo(400));
      if (mayHold()) await appendInTwoPhases((work) => insisting(quiet.url, work), ledger, own, `torture_${count}`);
    }
  };
  const report = async (): Promise<void> => {
    for (let shown = 0; running(); await delay(200)) {
      if (ledger.acknowledged - shown < events / 10) continue;
      shown = ledger.acknowledged;
      const slowest = Math.min(...followers.filter(({ only }) => !only).map(({ seen }) => seen.length));
      options.onProgress?.(
        `${shown} acknowledged, slowest reader of all at ${slowest}, ${Math.round((performance.now() - begun) / 1_000)} s`,
      );
    }
  };

  try {
    const all = [
      ...Array.from({ length: writers }, (_, writer) => write(writer)),
      leaveInTwoPhases(),
      killBackends(server.url(), [role.name, rare.name], ledger, random(-1), running),
      disturb(forWriters, ledger, random(-4), running),
      disturb(forReaders, ledger, random(-5), running),
      crashAt(
        Array.from({ length: crashes }, (_, index) => (index + 1) / (crashes + 1)),
        server,
        ledger,
        () => ledger.acknowledged / events,
        running,
      ),
      report(),
    ];
    await Promise.all(
      all.map((each) =>
        each.catch((error: unknown) => {
          failed = true;
          throw error;
        }),
      ),
    );
    const stored = await storedEvents(server.url());
    await untilDelivered(followers, stored, options.patienceMs ?? 30_000);
    for (const follower of followers) await follower.stop();
    const streams = [...new Set(stored.map(({ stream }) => stream))];
    const brokenChains: string[] = [];
    for (const stream of streams) {
      if (!(await verifyStream(shared.readStream(stream))).intact) brokenChains.push(stream);
    }
    return {
      verdict: judge({ batches: ledger.batches, stored, readings: followers, brokenChains }),
      stored: stored.length,
      acknowledged: ledger.acknowledged,
      streams: streams.length,
      seconds: (performance.now() - begun) / 1_000,
      delays: followers.map((follower) => delaysOf(follower, ledger.batches, ledger.holds)),
      injected: ledger.injected,
    };
  } finally {
    failed = true;
    await leave();
    for (const proxy of proxies) proxy.close();
    for (const follower of followers) await follower.stop().catch(() => undefined);
  }
}

/** Until every reader has all that is for it, or none has been given anything for so long: the verdict counts what is missing. */
async function untilDelivered(
  followers: readonly Follower[],
  stored: readonly StoredEvent[],
  patienceMs: number,
): Promise<void> {
  const expected = followers.map(
    ({ only }) => stored.filter(({ category }) => !only || only.includes(category)).length,
  );
  const given = (): readonly number[] => followers.map(({ seen }) => seen.length);
  for (let before = given(), since = performance.now(); performance.now() - since < patienceMs; await delay(50)) {
    const now = given();
    if (now.every((count, index) => count >= (expected[index] ?? 0))) return;
    if (now.some((count, index) => count !== before[index])) since = performance.now();
    before = now;
  }
}

async function storedEvents(url: string): Promise<readonly StoredEvent[]> {
  return insisting(url, async (admin) => {
    const { rows } = await admin.query<Record<'id' | 'position' | 'stream' | 'category' | 'revision' | 'data', string>>(
      'select event_id as id, position, stream_id as stream, category, revision, data from waymark.events order by position',
    );
    return rows.map(({ data, position, revision, ...row }) => {
      const { mark, number }: { mark: number; number: number } = JSON.parse(data);
      return { ...row, mark, number, position: BigInt(position), revision: Number(revision) };
    });
  });
}
