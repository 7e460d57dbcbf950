import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort, startKafka } from '@waymark/testing';
import { type BenchServer, withBenchServer } from '../bench-server.js';
import { Runs, speedOf, timesOf } from '../measure.js';
import { medianOf, type Report, type Result, thisMachine } from '../report.js';
import { BareKafka } from './bare-kafka.js';
import { openRelay } from './relay-rate.js';
import { SmallPlatform } from './small-platform.js';

/** About what the change of a team is on the wire. */
const messageBytes = 720;
const batchSize = 500;
const percents = [50, 99];

interface Effort {
  /** Commands whose way to another service's answer is timed. */
  readonly samples: number;
  readonly relayed: number;
  readonly runs: number;
}

const quick: Effort = { samples: 200, relayed: 20_000, runs: 3 };
const full: Effort = { samples: 2_000, relayed: 200_000, runs: 5 };

/** What is between services side by side with kafkajs alone, over one broker and one server in one run. */
export async function benchMessages(options: { readonly quick: boolean }): Promise<Report> {
  const effort = options.quick ? quick : full;
  const dir = await mkdtemp(path.join(tmpdir(), 'waymark-bench-kafka-'));
  const kafka = await startKafka({ dir: path.join(dir, 'kafka'), port: await freePort() });
  try {
    return await withBenchServer(async (server) => {
      const bare = await BareKafka.open(kafka.brokers);
      const results = [
        ...(await commandToView(server, kafka.brokers, bare, path.join(dir, 'platform'), effort)),
        ...(await relayRate(server, kafka.brokers, bare, effort)),
      ];
      await bare.close();
      return {
        machine: thisMachine(),
        versions: { node: process.versions.node, postgres: server.version, kafkajs: kafkajsVersion() },
        results,
        ratios: ratiosOf(results),
      };
    });
  } finally {
    await kafka.remove();
    await rm(dir, { recursive: true, force: true });
  }
}

function kafkajsVersion(): string {
  const { version }: { version: string } = createRequire(import.meta.url)('kafkajs/package.json');
  return version;
}

/**
 * Twice: with every service running, each of which hears of the same command on the same few cores, and then with those alone that
 * it passes through, as where every service has a core of its own.
 */
async function commandToView(
  server: BenchServer,
  brokers: readonly string[],
  bare: BareKafka,
  dir: string,
  { samples }: Effort,
): Promise<readonly Result[]> {
  const { url } = await server.freshDatabase();
  const platform = await SmallPlatform.start(url, brokers, dir);
  try {
    const way = await bare.wayThrough(messageBytes);
    const among = await waysOf(platform, way.once, samples);
    await platform.stopAllBeside();
    const alone = await waysOf(platform, way.once, samples);
    await way.stop();
    return [...figuresOf('', alone), ...figuresOf('-among-all', among)];
  } finally {
    await platform.stop();
  }
}

/** Milliseconds of each sample. */
interface Ways {
  readonly visible: number[];
  readonly answered: number[];
  readonly bare: number[];
}

async function waysOf(platform: SmallPlatform, bareWay: () => Promise<number>, samples: number): Promise<Ways> {
  const ways: Ways = { visible: [], answered: [], bare: [] };
  // The first ones warm both up.
  for (let sample = -20; sample < samples; sample += 1) {
    const seen = await platform.teamChangeSeenByConsent();
    const took = await bareWay();
    if (sample < 0) continue;
    ways.visible.push(seen.visible);
    ways.answered.push(seen.answered);
    ways.bare.push(took);
  }
  return ways;
}

const figuresOf = (which: string, { visible, answered, bare }: Ways): readonly Result[] =>
  percents.flatMap((percent) => {
    const [part, view] = [percent / 100, `command-to-view${which}-p${percent}`];
    return [
      timesOf({ name: view, system: 'waymark', logSize: 0 }, visible, part),
      timesOf({ name: view, system: 'kafkajs', logSize: 0 }, bare, part),
      timesOf({ name: `command-to-answer${which}-p${percent}`, system: 'waymark', logSize: 0 }, answered, part),
    ];
  });

async function relayRate(
  server: BenchServer,
  brokers: readonly string[],
  bare: BareKafka,
  { relayed, runs }: Effort,
): Promise<readonly Result[]> {
  const relay = await openRelay(await server.freshDatabase(), brokers, relayed);
  const rates = new Runs({ name: 'relay', logSize: relayed, unit: 'messages/s' });
  const first = await bare.newTopic();
  await relay.publishAll(first);
  // The very same messages, as many in a batch as the relay takes from the log at once.
  const batch = await bare.messagesOf(first, batchSize);
  for (let run = 0; run < runs; run += 1) {
    const [ours, theirs] = [await bare.newTopic(), await bare.newTopic()];
    rates.add('waymark', await speedOf(() => relay.publishAll(ours)));
    rates.add('kafkajs', await speedOf(() => bare.sendAll(theirs, batch, relayed)));
  }
  await relay.close();
  return rates.results();
}

function ratiosOf(results: readonly Result[]): Report['ratios'] {
  const of = (name: string, system: string): number =>
    medianOf(results.filter((r) => r.name === name && r.system === system).map(({ median }) => median));
  const against = (name: string, bare = name) => ({
    name: `${name}-vs-bare`,
    value: of(name, 'waymark') / of(bare, 'kafkajs'),
  });
  return [
    ...['', '-among-all'].flatMap((which) => percents.map((percent) => against(`command-to-view${which}-p${percent}`))),
    // With the question, which is let in, answered and recorded.
    ...percents.map((percent) => against(`command-to-answer-p${percent}`, `command-to-view-p${percent}`)),
    against('relay'),
  ];
}
