/** What the log records about the making of an event, in the clear. Never names, never sealed text. */
export interface EventMetadata {
  readonly actor: { readonly kind: string; readonly id: string };
  readonly onBehalfOf?: string;
  readonly unit?: string;
  readonly purpose?: string;
  readonly correlationId: string;
  readonly causationId: string;
  /** When it happened in the world; `recordedAt` says when the log took it. RFC 3339, UTC. */
  readonly occurredAt: string;
  readonly traceparent?: string;
}

export interface EventToAppend {
  /** UUID in lower case; appending the same id again to the same stream gives the first result. */
  readonly id: string;
  readonly type: string;
  readonly schemaVersion: number;
  /** A JSON object; numbers beyond 2^53 are refused. Stored as the exact bytes of its `JSON.stringify`. */
  readonly data: object;
  readonly metadata: EventMetadata;
}

export interface RecordedEvent extends EventToAppend {
  readonly stream: string;
  readonly category: string;
  /** Dense in the stream, from 0. */
  readonly revision: number;
  /** Rises over the whole log, with holes; a stream's events rise with their revisions. */
  readonly position: bigint;
  readonly recordedAt: string;
  /** SHA-256 chain value, lower-case hex. See docs/event-log.md. */
  readonly hash: string;
  /** The JSON texts of data and metadata as they are stored, byte for byte: what the chain covers. */
  readonly stored: { readonly data: string; readonly metadata: string };
}

/** A stream as of its last event. */
export interface StreamMetadata {
  readonly stream: string;
  readonly category: string;
  readonly revision: number;
  readonly position: bigint;
  readonly recordedAt: string;
  /** The chain's value at the last event: it stands for the whole stream. */
  readonly hash: string;
}

/** `none`: the stream must not exist. `exists`: it must. `any`: no check. A number: its last revision. */
export type ExpectedRevision = number | 'none' | 'exists' | 'any';

export interface AppendResult {
  /** Revision and position of the last event of the batch. */
  readonly revision: number;
  readonly position: bigint;
  /** True when all the events had been appended before by the same call. */
  readonly repeated: boolean;
}

export interface Page {
  readonly events: readonly RecordedEvent[];
  /** Everything up to here has been looked at, filtered events and dead holes included. Pass it as the next `after`. */
  readonly position: bigint;
}

export type EventStoreErrorCode =
  | 'wrong_expected_revision'
  | 'event_id_reused'
  | 'batch_partly_known'
  | 'invalid_stream'
  | 'invalid_event'
  | 'event_too_large'
  | 'batch_too_large'
  | 'category_forbidden'
  | 'damaged'
  | 'beyond_log'
  | 'unavailable';

/**
 * Refusal of the store. `actualRevision` accompanies `wrong_expected_revision` (-1: no such stream). `unavailable` passes by itself;
 * `damaged` does not: what was asked for cannot be read where it is stored, while the rest of the log answers. `beyond_log`: the reader has
 * read further than the log reaches, which was set back; going on from there it would pass over what is appended from now on.
 */
export class EventStoreError extends Error {
  override readonly name = 'EventStoreError';

  constructor(
    readonly code: EventStoreErrorCode,
    message: string,
    readonly actualRevision?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/**
 * The append-only log. A stream is named `<category>-<id>`; category matches `[a-z][a-z0-9_]*`, so the first hyphen ends it.
 * Guarantees of every adapter (contract-suite.ts): a batch is all or nothing; one winner per revision; append is idempotent by
 * event ids; position order extends stream order; no reader skips an event that commits late, and none waits for strangers.
 */
export interface EventStore {
  append(stream: string, expected: ExpectedRevision, events: readonly EventToAppend[]): Promise<AppendResult>;
  /** Empty for a stream that does not exist. */
  readStream(
    stream: string,
    options?: { readonly from?: number; readonly direction?: 'forwards' | 'backwards'; readonly limit?: number },
  ): AsyncIterable<RecordedEvent>;
  /** Undefined for a stream that does not exist. Nothing of it can be set: no stream of the log expires or is cut. */
  readStreamMetadata(stream: string): Promise<StreamMetadata | undefined>;
  /** One page of the log after a position (0n: from the start), in order, only the categories named (all that may be read if none). */
  readAll(options: {
    readonly after: bigint;
    readonly categories?: readonly string[];
    readonly limit?: number;
  }): Promise<Page>;
  /**
   * The position of the newest event of these categories (of all that may be read if none), or `after` when none lies behind that. No
   * event whose append was acknowledged before the call lies later, so a reader that has got there has seen them all. Waits for appends
   * that are still open before such an event; rejects with `unavailable` when one does not end within ten seconds.
   */
  newest(options: { readonly after: bigint; readonly categories?: readonly string[] }): Promise<bigint>;
  /** Catches up, then follows. Yields non-empty pages, and empty ones when only the position moved. Ends when `signal` aborts. */
  subscribe(options: {
    readonly after: bigint;
    readonly categories?: readonly string[];
    readonly signal: AbortSignal;
    readonly batchSize?: number;
  }): AsyncIterable<Page>;
  /**
   * Names the history that the log goes by: another one once its server was restored, or a standby has taken over, and what was appended
   * last may be missing. Undefined where the server does not tell.
   */
  history(): Promise<string | undefined>;
  /** Rejects with `unavailable` when the store cannot be reached. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
