import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { FaultProxy } from '@waymark/testing';
import type {
  AppendResult,
  EventStore,
  EventStoreErrorCode,
  EventToAppend,
  ExpectedRevision,
  Page,
  RecordedEvent,
} from '../port.js';
import { EventStoreError } from '../port.js';

/** The categories the contract writes to: `store` and `another` must be able to append to and read all of them. */
export const contractCategories = ['contract_thing', 'contract_other', 'contract_rare'] as const;
export type ContractCategory = (typeof contractCategories)[number];

/**
 * Where a kind of log can do less than the port says. `ids_per_stream`: it knows an event id in its own stream only, and in
 * those that the store at hand has seen. `small_appends`: it takes less than a MiB in one append.
 */
export type Weakness = 'ids_per_stream' | 'small_appends';

/** What an adapter's test hands to the contract. The log need not be empty: the contract uses names of its own. */
export interface LogUnderContract {
  readonly store: EventStore;
  /** A further store on the same log, as another process would open it. */
  another(): Promise<EventStore>;
  /** A store that may append to and read these categories only. */
  restrictedTo(categories: readonly ContractCategory[]): Promise<EventStore>;
  /**
   * A store whose every connection to the log passes a line with faults, healthy at first; with the rights of `restrictedTo`
   * when categories are given. The contract breaks and heals the line, and expects the store to go on by itself.
   */
  overLine(categories?: readonly ContractCategory[]): Promise<LogOverLine>;
  /** None if left out. Each is tested for what the log does instead, and its adapter's documentation names it. */
  readonly weaknesses?: readonly Weakness[];
  /** Closes all the stores and lines handed out. */
  close(): Promise<void>;
}

export interface LogOverLine {
  readonly store: EventStore;
  readonly line: FaultProxy;
}

export type Opened = () => LogUnderContract;

export const newStream = (category: ContractCategory = 'contract_thing'): string => `${category}-${randomUUID()}`;

export const newEvent = (data: object = {}, changed: Partial<EventToAppend> = {}): EventToAppend => ({
  id: randomUUID(),
  type: 'ThingHappened',
  schemaVersion: 1,
  data,
  metadata: {
    actor: { kind: 'service', id: 'contract' },
    correlationId: 'correlation',
    causationId: 'causation',
    occurredAt: '2026-03-02T08:00:00.000Z',
  },
  ...changed,
});

export const newEvents = (count: number, from = 0): EventToAppend[] =>
  Array.from({ length: count }, (_, index) => newEvent({ number: from + index }));

export async function readStream(
  store: EventStore,
  stream: string,
  options?: Parameters<EventStore['readStream']>[1],
): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const event of store.readStream(stream, options)) events.push(event);
  return events;
}

export const ids = (events: readonly EventToAppend[]): string[] => events.map((event) => event.id);

/** Reads pages until the position stands still. */
export async function readToEnd(
  store: EventStore,
  after: bigint,
  options: { readonly categories?: readonly string[]; readonly limit?: number } = {},
): Promise<Page> {
  const events: RecordedEvent[] = [];
  for (let position = after; ;) {
    const page = await store.readAll({ after: position, ...options });
    events.push(...page.events);
    if (page.position === position) return { events, position };
    position = page.position;
  }
}

/** The refusal's code, with the revision where it has one. */
export async function refusalOf(
  attempt: Promise<unknown>,
): Promise<{ code: EventStoreErrorCode; actualRevision?: number } | 'accepted'> {
  try {
    await attempt;
    return 'accepted';
  } catch (error) {
    if (!(error instanceof EventStoreError)) throw error;
    const { code, actualRevision } = error;
    return actualRevision === undefined ? { code } : { code, actualRevision };
  }
}

/** Appends again, with the same ids, for as long as the log cannot be reached: as every caller does who must know. */
export async function insist(
  store: EventStore,
  stream: string,
  expected: ExpectedRevision,
  events: readonly EventToAppend[],
): Promise<AppendResult> {
  for (;;) {
    try {
      return await store.append(stream, expected, events);
    } catch (error) {
      if (!(error instanceof EventStoreError) || error.code !== 'unavailable') throw error;
      await delay(20);
    }
  }
}

/** Follows a subscription until `enough`; fails when that takes longer than any healthy adapter needs. */
export async function follow(
  store: EventStore,
  options: { readonly after: bigint; readonly categories?: readonly string[]; readonly batchSize?: number },
  enough: (events: readonly RecordedEvent[], page: Page) => boolean | Promise<boolean>,
): Promise<RecordedEvent[]> {
  const deadline = AbortSignal.timeout(30_000);
  const events: RecordedEvent[] = [];
  for await (const page of store.subscribe({ ...options, signal: deadline })) {
    events.push(...page.events);
    if (await enough(events, page)) return events;
  }
  throw new Error(`the subscription gave ${events.length} events and not what was awaited`);
}
