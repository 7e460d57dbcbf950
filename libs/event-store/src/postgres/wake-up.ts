import pg from 'pg';
import { connectionSettings, type ConnectionOptions } from './connections.js';

const firstRetry = 100;
const lastRetry = 5_000;

/** What one subscription hears of. */
export class Watch {
  readonly #sleepers = new Map<() => void, boolean>();
  #count = 0;

  constructor(
    private readonly categories: ReadonlySet<string> | undefined,
    /** No longer needed. */
    readonly end: () => void,
  ) {}

  /** Rises with each notification of its categories: take it before looking, and give it to `sleep` afterwards. */
  get count(): number {
    return this.#count;
  }

  ring(category?: string): void {
    const own = !category || !this.categories || this.categories.has(category);
    if (own) this.#count += 1;
    for (const [wake, byAny] of [...this.#sleepers]) if (own || byAny) wake();
  }

  /**
   * Resolves after `milliseconds`, or earlier when notified since `count` was taken or when `signal` aborts; with `byAny` also when
   * something of another category is heard of meanwhile.
   */
  async sleep(milliseconds: number, count: number, signal: AbortSignal, byAny: boolean): Promise<void> {
    if (signal.aborted || count !== this.#count) return;
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        this.#sleepers.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, milliseconds);
      signal.addEventListener('abort', wake, { once: true });
      this.#sleepers.set(wake, byAny);
    });
  }
}

/**
 * Tells those who wait that something may have been appended. Only a hint: notifications get lost with their connection,
 * so whoever waits also looks again by himself after a while.
 */
export class WakeUp {
  readonly #options: ConnectionOptions;
  readonly #watches = new Set<Watch>();
  #client: pg.Client | undefined;
  #listening = false;
  #retry: NodeJS.Timeout | undefined;
  #retryAfter = firstRetry;
  #started = false;
  #closed = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /** Starts listening, once. */
  start(): void {
    if (this.#started || this.#closed) return;
    this.#started = true;
    void this.#connect();
  }

  /** A watch over these categories (all when none are named); to be ended by whoever took it. */
  watch(categories?: readonly string[]): Watch {
    this.start();
    const watch = new Watch(categories?.length ? new Set(categories) : undefined, () => this.#watches.delete(watch));
    this.#watches.add(watch);
    return watch;
  }

  /** Something was appended in this category, or in any when it is not known. */
  heard(category?: string): void {
    for (const watch of this.#watches) watch.ring(category);
  }

  /**
   * The connection that listens, as long as it does: what is notified over it does not come back here, so whoever uses it calls
   * `heard` as well.
   */
  get listener(): pg.Client | undefined {
    return this.#listening ? this.#client : undefined;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    await this.#client?.end().catch(() => undefined);
    this.heard();
  }

  async #connect(): Promise<void> {
    const client = new pg.Client({
      ...connectionSettings(this.#options),
      application_name: `${this.#options.applicationName ?? 'waymark'} listener`,
    });
    this.#client = client;
    let lost = false;
    const onLost = (error?: unknown): void => {
      if (lost) return;
      lost = true;
      this.#listening = false;
      client.end().catch(() => undefined);
      if (this.#closed) return;
      this.#options.log?.('event store: not listening for a moment, polling goes on', error);
      this.#retry = setTimeout(() => void this.#connect(), this.#retryAfter);
      this.#retryAfter = Math.min(this.#retryAfter * 2, lastRetry);
    };
    client.on('error', onLost);
    client.on('end', () => onLost());
    let own: number | undefined;
    client.on('notification', ({ payload, processId }) => {
      if (processId !== own) this.heard(payload);
    });
    try {
      await client.connect();
      const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
      own = rows[0]?.pid;
      await client.query('listen waymark_events');
      this.#listening = true;
      this.#retryAfter = firstRetry;
      // Whatever was appended while nobody listened.
      this.heard();
      if (this.#closed) await client.end();
    } catch (error) {
      onLost(error);
    }
  }
}
