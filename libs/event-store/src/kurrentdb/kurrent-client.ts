import {
  type AllStreamSubscription,
  BACKWARDS,
  binaryEvent,
  END,
  EventStoreDBClient,
  FORWARDS,
  NO_STREAM,
  START,
  streamNameFilter,
} from '@eventstore/db-client';
import type { KurrentAddress } from './connection-string.js';
import type { EventToStore, StoredEvent } from './envelope.js';
import { drain } from './drain.js';
import { isStreamNotFound, unavailable } from './errors.js';
import { Change, type Feed, type StreamFilter } from './feed.js';

const buffered = 512;
/** What in a stream's metadata takes events out of sight: a deletion or truncation, an age, a number. */
const cuts = ['$tb', '$maxAge', '$maxCount'];

interface ClientRecord {
  readonly id: string;
  readonly streamId: string;
  readonly revision: bigint;
  readonly type: string;
  readonly data: unknown;
  readonly metadata: unknown;
  readonly position?: { readonly commit: bigint };
}

/** `event` is missing when a link leads to one that is gone. */
interface Resolved {
  readonly event?: ClientRecord;
}

const bytes = (value: unknown): Uint8Array | undefined => (value instanceof Uint8Array ? value : undefined);

const toStored = (event: ClientRecord): StoredEvent => ({
  id: event.id,
  stream: event.streamId,
  revision: Number(event.revision),
  type: event.type,
  position: event.position?.commit ?? 0n,
  data: bytes(event.data),
  metadata: bytes(event.metadata),
});

/** The client's subscription. Events come through its buffer, marks beside it: see `Feed`. */
class SubscriptionFeed implements Feed {
  mark = 0n;
  caughtUp = false;
  over: { readonly because: unknown } | undefined;
  readonly #change = new Change();
  readonly #subscription: AllStreamSubscription;

  constructor(subscribe: (onMark: (position: { readonly commit: bigint }) => void) => AllStreamSubscription) {
    this.#subscription = subscribe(({ commit }) => {
      this.mark = commit;
      this.#change.happened();
    });
    this.#subscription.on('readable', () => this.#change.happened());
    this.#subscription.on('caughtUp', () => {
      this.caughtUp = true;
      this.#change.happened();
    });
    this.#subscription.on('fellBehind', () => (this.caughtUp = false));
    this.#subscription.on('error', (because) => this.#end(because));
    this.#subscription.on('end', () => this.#end(unavailable('the server has ended the subscription')));
  }

  take(): StoredEvent | undefined {
    for (;;) {
      const next: Resolved | null = this.#subscription.read();
      if (next === null) return undefined;
      // The server's own, in a stream of the log: the tombstone of one that was deleted, or a link.
      if (next.event && !next.event.type.startsWith('$')) return toStored(next.event);
    }
  }

  changed(signal: AbortSignal, milliseconds?: number): Promise<boolean> {
    return this.#change.wait(signal, milliseconds);
  }

  close(): void {
    const flowOff = (): void => void this.#subscription.removeAllListeners('readable').resume();
    this.#subscription.unsubscribe().then(flowOff, flowOff);
  }

  #end(because: unknown): void {
    this.over ??= { because };
    this.#change.happened();
  }
}

function connect(url: string): EventStoreDBClient {
  try {
    return EventStoreDBClient.connectionString(url);
  } catch {
    // The error has the whole string in it, and so the password.
    throw new TypeError('not a connection string that can be used: a host, a port or an option is wrong');
  }
}

/**
 * The one place that knows the client's API; docs/kurrentdb.md says what its successor `@kurrent/kurrentdb-client` calls
 * otherwise. Errors come out as the client makes them; `toEventStoreError` reads them.
 *
 * Every call requires the leader: a follower may lag behind what was acknowledged. Credentials go with each append because the
 * client then makes a call of its own for it, with a deadline. Without them it puts all appends of the process on one stream
 * whose failure rejects the appends of every client, and whose late answers then throw where nobody can catch them.
 */
export class KurrentClient {
  readonly #client: EventStoreDBClient;
  readonly #credentials: KurrentAddress['credentials'];

  constructor({ url, credentials }: KurrentAddress) {
    this.#client = connect(url);
    this.#credentials = credentials;
  }

  /** Appends all or nothing when the stream's last revision is `revision` (-1: no such stream). Returns the new last one. */
  async append(stream: string, revision: number, events: readonly EventToStore[]): Promise<number> {
    const { nextExpectedRevision } = await this.#client.appendToStream(
      stream,
      events.map(({ id, type, data, metadata }) => binaryEvent({ id, type, data, metadata })),
      {
        expectedRevision: revision < 0 ? NO_STREAM : BigInt(revision),
        credentials: this.#credentials,
        requiresLeader: true,
      },
    );
    return Number(nextExpectedRevision);
  }

  /** Nothing for a stream that does not exist. */
  async *readStream(
    stream: string,
    options: { readonly from: number | 'end'; readonly backwards?: boolean; readonly limit?: number },
    signal: AbortSignal,
  ): AsyncGenerator<StoredEvent, void, undefined> {
    for await (const event of this.#records(stream, options, signal)) yield toStored(event);
  }

  /** True when events were taken out of the stream's sight: it was deleted or cut. */
  async isCut(stream: string, signal: AbortSignal): Promise<boolean> {
    const last = { from: 'end', backwards: true, limit: 1 } as const;
    let isCut = false;
    for await (const { data } of this.#records(`$$${stream}`, last, signal))
      isCut = typeof data === 'object' && data !== null && cuts.some((cut) => cut in data);
    return isCut;
  }

  async *#records(
    stream: string,
    options: Parameters<KurrentClient['readStream']>[1],
    signal: AbortSignal,
  ): AsyncGenerator<ClientRecord, void, undefined> {
    const { from, backwards = false, limit = Number.MAX_SAFE_INTEGER } = options;
    const read = this.#client.readStream(stream, {
      fromRevision: from === 'end' ? END : BigInt(from),
      direction: backwards ? BACKWARDS : FORWARDS,
      maxCount: limit,
      requiresLeader: true,
    });
    try {
      for await (const { event } of drain<Resolved>(read, signal)) if (event) yield event;
    } catch (error) {
      if (!isStreamNotFound(error)) throw error;
    }
  }

  /** Commit position of the last event of the whole log, the server's own included; 0n when there is none. */
  async head(signal: AbortSignal): Promise<bigint> {
    const read = this.#client.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 1, requiresLeader: true });
    let position = 0n;
    for await (const { event } of drain<Resolved>(read, signal)) if (event) ({ position } = toStored(event));
    return position;
  }

  /**
   * Follows the log after a position. `window`: how many events the server looks at in one step; while it catches up, larger is
   * faster; once it has, it gives a mark after so many.
   */
  subscribe(after: bigint, filter: StreamFilter, window: number): Feed {
    return new SubscriptionFeed((onMark) => {
      const how = {
        maxSearchWindow: window,
        checkpointInterval: 1,
        checkpointReached: (_: AllStreamSubscription, position: { readonly commit: bigint }) => onMark(position),
      };
      return this.#client.subscribeToAll(
        {
          fromPosition: after === 0n ? START : { commit: after, prepare: after },
          filter:
            'regex' in filter
              ? streamNameFilter({ ...how, regex: filter.regex })
              : streamNameFilter({ ...how, prefixes: [...filter.prefixes] }),
          requiresLeader: true,
        },
        { highWaterMark: buffered },
      );
    });
  }

  /** Ends all calls. The client keeps its idle connection, which holds nothing open, until the process ends. */
  async close(): Promise<void> {
    await this.#client.dispose();
  }
}
