import { Runs, rateOf, speedOf, timesOf } from '../measure.js';
import type { Result } from '../report.js';
import { deliveryTimes } from './delivery.js';
import { newEvents, newStream, supplyOf } from './events.js';
import type { SystemUnderBench } from './systems.js';

export interface Effort {
  /** Events in the log before anything is measured. */
  readonly sizes: readonly number[];
  readonly runs: number;
  /** Of one run of appending. */
  readonly milliseconds: number;
  /** Events whose delivery is timed. */
  readonly samples: number;
  /** Emmett's consumer reads no more of the log than this; its rate is taken from that. */
  readonly emmettReads: number;
}

const streamSizes = [10, 1_000, 10_000] as const;

type Systems = readonly SystemUnderBench[];

/** Fills each log to `logSize` and measures: reading first, because it leaves the log as it is. */
export async function measureAt(systems: Systems, logSize: number, effort: Effort): Promise<readonly Result[]> {
  console.error(`filling three logs with ${logSize.toLocaleString('en')} events ...`);
  const streams = streamSizes.filter((size) => size <= logSize / 2).map((size) => ({ size, stream: newStream() }));
  for (const system of systems) await fill(system, logSize, streams);
  const results: Result[] = [];
  const measures = {
    reading,
    'reading streams': streamReading(streams),
    'catching up': following,
    delivering,
    appending,
  };
  for (const [what, measure] of Object.entries(measures)) {
    console.error(`${what} ...`);
    results.push(...(await measure(systems, logSize, effort)));
  }
  return results;
}

type Measure = (systems: Systems, logSize: number, effort: Effort) => Promise<readonly Result[]>;

async function fill(
  system: SystemUnderBench,
  logSize: number,
  streams: readonly { readonly size: number; readonly stream: string }[],
): Promise<void> {
  let left = logSize;
  for (const { size, stream } of streams) {
    for (let holds = 0; holds < size; holds += 500)
      await system.append(stream, holds, newEvents(Math.min(500, size - holds)));
    left -= size;
  }
  const batch = (): number => Math.min(20, left);
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (let count = batch(); count > 0; count = batch()) {
        left -= count;
        await system.append(newStream(), 0, newEvents(count));
      }
    }),
  );
}

const reading: Measure = async (systems, logSize, { runs, emmettReads }) => {
  const all = new Runs({ name: 'read-all', unit: 'events/s', logSize });
  for (let run = 0; run < runs; run += 1) {
    for (const system of systems) {
      const atMost = system.name === 'emmett' ? Math.min(logSize, emmettReads) : logSize;
      all.add(system.name, await speedOf(() => system.readAll(atMost)));
    }
  }
  return all.results();
};

const streamReading =
  (streams: readonly { readonly size: number; readonly stream: string }[]): Measure =>
  async (systems, logSize, { runs, milliseconds }) => {
    const results: Result[] = [];
    for (const { size, stream } of streams) {
      const each = new Runs({ name: `read-stream-${size}`, unit: 'events/s', logSize });
      for (let run = 0; run < runs; run += 1) {
        for (const system of systems) {
          each.add(system.name, await rateOf(1, milliseconds / 2, () => system.readStream(stream)));
        }
      }
      results.push(...each.results());
    }
    return results;
  };

/** Catching up: one reader of the whole log, and five at once. */
const following: Measure = async (systems, logSize, { runs, emmettReads }) => {
  const results: Result[] = [];
  for (const readers of [1, 5]) {
    const each = new Runs({ name: `catch-up-${readers}`, unit: 'events/s', logSize });
    for (let run = 0; run < Math.min(runs, 3); run += 1) {
      for (const system of systems) {
        const atMost = Math.min(logSize, emmettReads);
        const catchUp = async (): Promise<number> => {
          const read = await Promise.all(Array.from({ length: readers }, () => system.readAll(atMost)));
          return read.reduce((sum, count) => sum + count, 0);
        };
        each.add(system.name, await speedOf(catchUp));
      }
    }
    results.push(...each.results());
  }
  return results;
};

const delivering: Measure = async (systems, logSize, { samples }) => {
  const results: Result[] = [];
  for (const system of systems) {
    // Emmett's consumer looks once a second when nothing has come for a while: more samples only take longer.
    const times = await deliveryTimes(system, system.name === 'emmett' ? Math.min(samples, 20) : samples);
    if (!times) continue;
    const add = (name: string, values: readonly number[], part: number) =>
      results.push(timesOf({ name, system: system.name, logSize }, values, part));
    add('append-p50', times.appended, 0.5);
    add('append-p99', times.appended, 0.99);
    add('delivery-p50', times.delivered, 0.5);
    add('delivery-p99', times.delivered, 0.99);
  }
  return results;
};

const appending: Measure = async (systems, logSize, { runs, milliseconds }) => {
  const results: Result[] = [];
  const kinds = [
    ...[1, 16, 64].map((writers) => ({ writers, batch: 1 })),
    ...[10, 100, 500].map((batch) => ({ writers: 1, batch })),
  ];
  for (const { writers, batch } of kinds) {
    const each = new Runs({ name: `append-${batch}`, writers, unit: 'events/s', logSize });
    for (let run = 0; run < runs; run += 1) {
      for (const system of systems) {
        const supply = supplyOf(milliseconds * (batch === 1 ? 10 : 40));
        const append = async (): Promise<number> => {
          await system.append(newStream(), 0, supply(batch));
          return batch;
        };
        each.add(system.name, await rateOf(writers, milliseconds, append));
      }
    }
    results.push(...each.results());
  }
  return results;
};
