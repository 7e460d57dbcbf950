import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type AppendResult,
  EventStoreError,
  type EventStore,
  type EventToAppend,
  type ExpectedRevision,
  type Page,
  type RecordedEvent,
  type StreamMetadata,
} from '../port.js';
import { categoryOf, checkCategory, checkExpected, serializeBatch } from '../validation.js';
import { Appender } from './appender.js';
import { readConnectionString } from './connection-string.js';
import { toRecordedEvent } from './envelope.js';
import { isUnavailable, toEventStoreError, unavailable } from './errors.js';
import type { StreamFilter } from './feed.js';
import { catchUp, follow } from './follow.js';
import { KnownStreams } from './known-streams.js';
import { KurrentClient } from './kurrent-client.js';

export interface KurrentEventStoreOptions {
  /** `esdb://user:password@host:2113?tls=true`, or `kurrentdb://…`; several hosts and `+discover` for a cluster. */
  readonly url: string;
  /**
   * What this store may append to and read; everything if left out. The server does not know of it: it keeps an honest service
   * within its bounds, not a stolen credential (docs/kurrentdb.md says what does).
   */
  readonly categories?: { readonly append: readonly string[]; readonly read: readonly string[] | 'all' };
  /** Hears of a problem that heals by itself. Never of event data. */
  readonly log?: (message: string, error?: unknown) => void;
}

const logPage = 1_000;
const firstPause = 100;
const lastPause = 5_000;
/** As `categoryOf` has it. The server's own streams begin with `$`. */
const anyStream = '^[a-z][a-z0-9_]{0,63}-[A-Za-z0-9_-]{1,128}$';

type ReadAllOptions = Parameters<EventStore['readAll']>[0];

class KurrentEventStore implements EventStore {
  readonly #client: KurrentClient;
  readonly #known = new KnownStreams();
  readonly #appender: Appender;
  readonly #closing = new AbortController();

  constructor(private readonly options: KurrentEventStoreOptions) {
    // Every call that is under way listens to it.
    setMaxListeners(0, this.#closing.signal);
    this.#client = new KurrentClient(readConnectionString(options.url));
    this.#appender = new Appender(this.#client, this.#known, this.#closing.signal);
  }

  async append(stream: string, expected: ExpectedRevision, events: readonly EventToAppend[]): Promise<AppendResult> {
    const category = categoryOf(stream);
    const batch = serializeBatch(events);
    this.#checkOpen();
    if (this.options.categories?.append.includes(category) === false) throw forbidden('append to', category);
    return this.#appender.append(stream, checkExpected(expected), batch);
  }

  async *readStream(
    stream: string,
    options: Parameters<EventStore['readStream']>[1] = {},
  ): AsyncGenerator<RecordedEvent, void, undefined> {
    this.#checkReadable(categoryOf(stream));
    this.#checkOpen();
    const { direction = 'forwards', limit } = options;
    if (limit !== undefined && limit <= 0) return;
    const backwards = direction === 'backwards';
    const from = options.from ?? (backwards ? 'end' : 0);
    if (from !== 'end' && from < 0) return;
    try {
      for await (const event of this.#client.readStream(stream, { from, backwards, limit }, this.#closing.signal)) {
        if (!backwards) this.#known.learn(event);
        yield toRecordedEvent(event);
      }
    } catch (error) {
      throw toEventStoreError(error);
    }
  }

  async readStreamMetadata(stream: string): Promise<StreamMetadata | undefined> {
    let metadata: StreamMetadata | undefined;
    for await (const last of this.readStream(stream, { direction: 'backwards', limit: 1 })) {
      const { category, revision, position, recordedAt, hash } = last;
      metadata = { stream, category, revision, position, recordedAt, hash };
    }
    return metadata;
  }

  async readAll({ after, categories, limit = logPage }: ReadAllOptions): Promise<Page> {
    const filter = this.#filterFor(categories);
    const { signal } = this.#closing;
    this.#checkOpen();
    try {
      for await (const page of catchUp(this.#client, { after, filter, limit, signal })) return page;
    } catch (error) {
      throw toEventStoreError(error);
    }
    this.#checkOpen();
    return { events: [], position: after };
  }

  async newest({ after, categories }: Parameters<EventStore['newest']>[0]): Promise<bigint> {
    let [from, newest] = [after, after];
    for (;;) {
      const { events, position } = await this.readAll({ after: from, ...(categories && { categories }) });
      newest = events.at(-1)?.position ?? newest;
      if (events.length < logPage) return newest;
      from = position;
    }
  }

  async *subscribe(options: Parameters<EventStore['subscribe']>[0]): AsyncGenerator<Page, void, undefined> {
    const signal = AbortSignal.any([options.signal, this.#closing.signal]);
    const filter = this.#filterFor(options.categories);
    let { after } = options;
    let pause = firstPause;
    while (!signal.aborted) {
      try {
        for (const way of [catchUp, follow]) {
          for await (const page of way(this.#client, { after, filter, limit: options.batchSize ?? logPage, signal })) {
            if (signal.aborted) return;
            after = page.position;
            pause = firstPause;
            yield page;
          }
        }
        continue;
      } catch (thrown) {
        if (signal.aborted) return;
        const error = toEventStoreError(thrown);
        if (!isUnavailable(error)) throw error;
        this.options.log?.('event store: a subscription waits for the connection', error);
      }
      await delay(pause, undefined, { signal }).catch(() => undefined);
      pause = Math.min(pause * 2, lastPause);
    }
  }

  /** Of a restored backup such a server says nothing. */
  history(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  /** Looks at the end of the server's log, which is also what every subscription needs the right to. */
  async ping(): Promise<void> {
    this.#checkOpen();
    try {
      await this.#client.head(this.#closing.signal);
    } catch (error) {
      throw toEventStoreError(error);
    }
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    await this.#client.close();
  }

  #checkOpen(): void {
    if (this.#closing.signal.aborted) throw unavailable('the store is closed');
  }

  #checkReadable(category: string): void {
    const { read = 'all' } = this.options.categories ?? {};
    if (read !== 'all' && !read.includes(category)) throw forbidden('read', category);
  }

  #filterFor(categories: readonly string[] | undefined): StreamFilter {
    const { read = 'all' } = this.options.categories ?? {};
    const wanted = categories?.length ? categories.map(checkCategory) : read;
    if (wanted === 'all') return { regex: anyStream };
    if (wanted.length === 0) throw forbidden('read', 'any category');
    for (const category of wanted) this.#checkReadable(category);
    return { prefixes: [...new Set(wanted)].map((category) => `${category}-`) };
  }
}

const forbidden = (what: string, category: string): EventStoreError =>
  new EventStoreError('category_forbidden', `this store may not ${what} ${category}`);

/**
 * Opens the log on EventStoreDB 24.2 or newer, or on KurrentDB. Connects when first used; lost connections heal by themselves,
 * and meanwhile calls reject with `unavailable`, `ping` among them, while subscriptions wait. Append is retried once by itself
 * when its answer was lost, and as often as needed when another writer was faster and the expected revision allows it.
 * Positions are the server's commit positions. Throws at once on a connection string that cannot be used.
 */
export function openKurrentEventStore(options: KurrentEventStoreOptions): EventStore {
  return new KurrentEventStore(options);
}
