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

async function commandToView(
  server: BenchServer,
  brokers: readonly string[],
  bare: BareKafka,
  dir: string,
  { samples }: Effort,
): Promise<readonly Result[]> {
  const { url } = await server.freshDatabase();
  const platform = await SmallPlatform.start(url, brokers, dir);
  const visible: number[] = [];
  const answered: number[] = [];
  const arrived: number[] = [];
  try {
    const way = await bare.wayThrough(messageBytes);
    // The first ones warm both up.
    for (let sample = -20; sample < samples; sample += 1) {
      const seen = await platform.teamChangeSeenByConsent();
      const bareWay = await way.once();
      if (sample < 0) continue;
      visible.push(seen.visible);
      answered.push(seen.answered);
      arrived.push(bareWay);
    }
    await way.stop();
  } finally {
    await platform.stop();
  }
  return [50, 99].flatMap((percent) => {
    const part = percent / 100;
    return [
      timesOf({ name: `command-to-view-p${percent}`, system: 'waymark', logSize: 0 }, visible, part),
      timesOf({ name: `command-to-view-p${percent}`, system: 'kafkajs', logSize: 0 }, arrived, part),
      timesOf({ name: `command-to-answer-p${percent}`, system: 'waymark', logSize: 0 }, answered, part),
    ];
  });
}

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
  const against = (name: string, bare = name): number => of(name, 'waymark') / of(bare, 'kafkajs');
  return [
    { name: 'command-to-view-p50-vs-bare', value: against('command-to-view-p50') },
    { name: 'command-to-view-p99-vs-bare', value: against('command-to-view-p99') },
    // With the question, which is let in, answered and recorded.
    { name: 'command-to-answer-p50-vs-bare', value: against('command-to-answer-p50', 'command-to-view-p50') },
    { name: 'command-to-answer-p99-vs-bare', value: against('command-to-answer-p99', 'command-to-view-p99') },
    { name: 'relay-vs-bare', value: against('relay') },
  ];
}
