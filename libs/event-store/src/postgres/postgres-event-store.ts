import type {
  AppendResult,
  EventStore,
  EventToAppend,
  ExpectedRevision,
  Page,
  RecordedEvent,
  StreamMetadata,
} from '../port.js';
import { EventStoreError } from '../port.js';
import { categoryOf, checkCategory, serializeBatch } from '../validation.js';
import { Announcer } from './announcer.js';
import { Together } from './together.js';
import { Appends } from './appends.js';
import { Connections, type ConnectionOptions } from './connections.js';
import { newestOf } from './newest.js';
import { blocked, breath, nextPause, told, untold } from './pauses.js';
import { asText, toPageState, toRecordedEvent, type EventRow, type Horizon, type PageRow } from './rows.js';
import { askForHistory } from './server-history.js';
import { WakeUp } from './wake-up.js';

/** `url`: the connection string of a role that `grantCategories` has set up. */
export type PostgresEventStoreOptions = ConnectionOptions;

const streamPage = 256;
const logPage = 1_000;

const unknownHorizon: Horizon = { settled: '0', fence: null, waitingFor: [] };

const wantedOf = (categories: readonly string[] | undefined): readonly string[] | null =>
  categories?.length ? [...new Set(categories.map(checkCategory))] : null;

type ReadAllOptions = Parameters<EventStore['readAll']>[0];

/** What lies behind a page when it was read: nothing, more to read, or more behind a gap that somebody may still fill. */
type PageEnd = 'end' | 'more' | 'gap';

class PostgresEventStore implements EventStore {
  readonly #connections: Connections;
  readonly #appends: Appends;
  readonly #wakeUp: WakeUp;
  readonly #announcer: Announcer;
  readonly #closing = new AbortController();
  readonly #log: ConnectionOptions['log'];
  /** Shared by all readers of this store. Forgotten with any lost connection: the next server may be a restored one. */
  #horizon: { known: Horizon } = { known: unknownHorizon };
  readonly #together = new Together((options: ReadAllOptions) => this.#readPage(options));

  constructor(options: PostgresEventStoreOptions) {
    this.#log = options.log;
    this.#connections = new Connections(options, () => (this.#horizon = { known: unknownHorizon }));
    this.#appends = new Appends(this.#connections);
    this.#wakeUp = new WakeUp(options);
    this.#announcer = new Announcer(this.#connections, this.#wakeUp);
  }

  async append(stream: string, expected: ExpectedRevision, events: readonly EventToAppend[]): Promise<AppendResult> {
    const category = categoryOf(stream);
    const result = await this.#appends.append(stream, expected, serializeBatch(events));
    this.#announcer.announce(category);
    return result;
  }

  async *readStream(
    stream: string,
    options: Parameters<EventStore['readStream']>[1] = {},
  ): AsyncGenerator<RecordedEvent, void, undefined> {
    categoryOf(stream);
    const backwards = options.direction === 'backwards';
    let from = options.from ?? (backwards ? Number.MAX_SAFE_INTEGER : 0);
    let left = options.limit ?? Number.POSITIVE_INFINITY;
    while (left > 0 && from >= 0) {
      const size = Math.min(left, streamPage);
      const rows = await this.#connections.query<EventRow>({
        name: 'waymark-read-stream',
        text: 'select * from waymark.read_stream($1, $2, $3, $4)',
        values: [stream, from, backwards, size],
        types: asText,
      });
      yield* rows.map(toRecordedEvent);
      const last = rows.at(-1);
      if (last === undefined || rows.length < size) return;
      left -= size;
      from = Number(last.revision) + (backwards ? -1 : 1);
    }
  }

  async readStreamMetadata(stream: string): Promise<StreamMetadata | undefined> {
    for await (const last of this.readStream(stream, { direction: 'backwards', limit: 1 })) {
      const { category, revision, position, recordedAt, hash } = last;
      return { stream, category, revision, position, recordedAt, hash };
    }
    return undefined;
  }

  async readAll(options: ReadAllOptions): Promise<Page> {
    return (await this.#readPage(options)).page;
  }

  newest({ after, categories }: Parameters<EventStore['newest']>[0]): Promise<bigint> {
    return newestOf(this.#connections, after, wantedOf(categories));
  }

  async *subscribe(options: Parameters<EventStore['subscribe']>[0]): AsyncGenerator<Page, void, undefined> {
    // Not AbortSignal.any: Node 20 may collect a signal that nobody else holds, such as a timeout, and then it never aborts.
    const ending = new AbortController();
    const end = (): void => ending.abort();
    const [{ signal }, sources] = [ending, [options.signal, this.#closing.signal]];
    if (sources.some((source) => source.aborted)) return;
    for (const source of sources) source.addEventListener('abort', end);
    const { categories, batchSize: limit } = options;
    let { after } = options;
    let pause = nextPause(untold);
    const watch = this.#wakeUp.watch(categories);
    /** What had been heard of before the last look that met no gap. */
    let answered: number | undefined;
    try {
      while (!signal.aborted) {
        const { count } = watch;
        let end: PageEnd = 'end';
        try {
          const begun = performance.now();
          const read = await this.#together.read({ after, categories, limit });
          if (signal.aborted) return;
          ({ end } = read);
          if (end !== 'gap') answered = count;
          if (read.page.position > after) {
            after = read.page.position;
            yield read.page;
            if (end === 'more') continue;
          }
          if (read.page.events.length > 0) {
            pause = nextPause(pause.rhythm);
            await breath(begun, signal);
          }
        } catch (error) {
          if (signal.aborted) return;
          if (!isHindrance(error)) throw error;
          this.#log?.('event store: a subscription waits until the log can be read', error);
        }
        const rhythm = end === 'gap' ? blocked : this.#wakeUp.listener ? told : untold;
        if (pause.rhythm !== rhythm) pause = nextPause(rhythm);
        // Something of its own may lie behind the gap, and what fills that may be of any category.
        await watch.sleep(pause.milliseconds, count, signal, end === 'gap' && answered !== count);
        pause = count === watch.count ? nextPause(rhythm, pause) : nextPause(rhythm);
      }
    } finally {
      watch.end();
      for (const source of sources) source.removeEventListener('abort', end);
    }
  }

  async history(): Promise<string | undefined> {
    const [row] = await this.#connections.query<{ history: string }>({ text: askForHistory });
    return row?.history;
  }

  async ping(): Promise<void> {
    await this.#connections.ping();
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    // What is being announced needs the connection that listens.
    await this.#announcer.close();
    await this.#wakeUp.close();
    await this.#connections.end();
  }

  async #readPage({ after, categories, limit = logPage }: ReadAllOptions): Promise<{ page: Page; end: PageEnd }> {
    const wanted = wantedOf(categories);
    const horizon = this.#horizon;
    const { settled, fence, waitingFor } = horizon.known;
    const rows = await this.#connections.query<EventRow | PageRow>({
      name: 'waymark-read-all',
      text: 'select * from waymark.read_all($1, $2, $3, $4, $5, $6)',
      values: [String(after), limit, wanted, settled, fence, waitingFor],
      types: asText,
    });
    const events: RecordedEvent[] = [];
    for (const row of rows) {
      if (row.event_id !== null) {
        events.push(toRecordedEvent(row));
        continue;
      }
      const state = toPageState(row);
      if (BigInt(state.settled) >= BigInt(horizon.known.settled)) horizon.known = state;
      const page = { events, position: BigInt(row.position) };
      // Below what was settled, a page is read without a look at the head.
      if (events.length === limit || after < BigInt(settled)) return { page, end: 'more' };
      return { page, end: state.blocked ? 'gap' : 'end' };
    }
    throw new EventStoreError('unavailable', 'a page of the log came without its end');
  }
}

/** What a subscription waits for to be over: nothing in the log may be left out. */
const isHindrance = (error: unknown): boolean =>
  error instanceof EventStoreError && (error.code === 'unavailable' || error.code === 'damaged');

/**
 * Opens the log on PostgreSQL. Connects when first used; lost connections heal by themselves, and meanwhile calls reject with
 * `unavailable`, `ping` among them, while subscriptions wait. `log` hears of lost connections. The same when the log's schema is
 * older or newer than this release knows, found out at the first call: the message names both versions.
 * Append is retried once by itself on a lost connection; any further retry is the caller's, with the same event ids.
 */
export function openPostgresEventStore(options: PostgresEventStoreOptions): EventStore {
  return new PostgresEventStore(options);
}
