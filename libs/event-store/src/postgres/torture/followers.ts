import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { EventStore, Page } from '../../port.js';
import type { Deliveries } from './delays.js';
import type { Random } from '@waymark/testing';
import type { Reading } from './verdict.js';

/** A reader whose every event is written down. */
export interface Follower extends Reading, Deliveries {
  stop(): Promise<void>;
}

/** One event as a reader gets it. */
interface Given {
  readonly id: string;
  readonly mark: number;
}

export interface FollowerOptions {
  readonly name: string;
  readonly only?: readonly string[];
}

type Reader = (take: (events: readonly Given[]) => void, signal: AbortSignal) => Promise<void>;

/** Runs a reader until it is stopped; an error that ends it earlier is thrown when it is. */
function follow({ name, only }: FollowerOptions, read: Reader): Follower {
  const controller = new AbortController();
  const [seen, marks, times]: [string[], number[], number[]] = [[], [], []];
  const reading = read((events) => {
    const now = performance.now();
    for (const { id, mark } of events) {
      seen.push(id);
      marks.push(mark);
      times.push(now);
    }
  }, controller.signal);
  // It is looked at in stop(); until then an early failure must not end the process.
  reading.catch(() => undefined);
  const stop = async (): Promise<void> => {
    controller.abort();
    await reading;
  };
  return { name, ...(only && { only }), seen, marks, times, stop };
}

const markOf = (data: object): number => ('mark' in data && typeof data.mark === 'number' ? data.mark : -1);
const givenOf = (page: Page): Given[] => page.events.map(({ id, data }) => ({ id, mark: markOf(data) }));

export interface SubscriberOptions extends FollowerOptions {
  readonly store: EventStore;
  readonly batchSize: number;
  /** Named in the subscription; without it the role's rights alone decide. */
  readonly categories?: readonly string[];
  /** Ends the subscription now and then and begins another one where it was, as a service does that is started anew. */
  readonly restarts?: Random;
  readonly onRestart?: () => void;
}

export function subscriber({
  store,
  batchSize,
  categories,
  restarts,
  onRestart,
  ...options
}: SubscriberOptions): Follower {
  return follow(options, async (take, ended) => {
    let after = 0n;
    while (!ended.aborted) {
      const enough = new AbortController();
      const end = (): void => enough.abort();
      const timer = restarts && setTimeout(end, 100 + restarts.upTo(900));
      ended.addEventListener('abort', end);
      const { signal } = enough;
      for await (const page of store.subscribe({ after, batchSize, signal, ...(categories && { categories }) })) {
        take(givenOf(page));
        after = page.position;
      }
      clearTimeout(timer);
      ended.removeEventListener('abort', end);
      if (!ended.aborted) onRestart?.();
    }
  });
}

interface NaiveRow {
  readonly position: string;
  readonly id: string;
  readonly data: string;
}

/**
 * A reader with a planted fault, straight on the table. `trusts_the_sequence` moves on over whatever is visible;
 * `waits_a_moment` looks once more at a gap after a pause and then moves on, whoever is still writing; `waits_for_everybody`
 * goes no further than the oldest transaction alive in the server.
 */
export type PlantedFault = 'trusts_the_sequence' | 'waits_a_moment' | 'waits_for_everybody';

export function faultyReader(fault: PlantedFault, ownerUrl: string): Follower {
  const settled =
    fault === 'waits_for_everybody'
      ? 'and xmin::text::bigint < pg_snapshot_xmin(pg_current_snapshot())::text::bigint'
      : '';
  return follow({ name: fault }, async (take, signal) => {
    const client = new pg.Client({ connectionString: ownerUrl });
    client.on('error', () => undefined);
    await client.connect();
    const next = async (after: bigint): Promise<readonly NaiveRow[]> => {
      const { rows } = await client.query<NaiveRow>(
        `select position, event_id as id, data from waymark.events where position > $1 ${settled} order by position limit 100`,
        [String(after)],
      );
      return rows;
    };
    try {
      for (let after = 0n; !signal.aborted; await delay(5)) {
        let rows = await next(after);
        const dense = BigInt(rows.at(-1)?.position ?? after) === after + BigInt(rows.length);
        if (fault === 'waits_a_moment' && !dense) {
          await delay(20);
          rows = await next(after);
        }
        take(rows.map(({ id, data }) => ({ id, mark: markOf(JSON.parse(data)) })));
        after = BigInt(rows.at(-1)?.position ?? after);
      }
    } finally {
      await client.end();
    }
  });
}
