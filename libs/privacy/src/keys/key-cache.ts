/** How long a destroyed key may go on working in another process, in milliseconds, at most. */
export const LONGEST_CACHE_LIFE = 30_000;

export interface KeyCacheOptions {
  readonly maximumEntries?: number;
  /** Milliseconds, at most 30,000. */
  readonly life?: number;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
}

interface Entry<Value> {
  readonly value: Promise<Value>;
  readonly expiresAt: number;
}

/** Remembers look-ups, also those under way, for a short time counted from their beginning. */
export class KeyCache<Value> {
  readonly #entries = new Map<string, Entry<Value>>();
  readonly #maximumEntries: number;
  readonly #life: number;
  readonly #now: () => number;

  constructor(
    options: KeyCacheOptions,
    private readonly worthKeeping: (value: Value) => boolean,
  ) {
    this.#maximumEntries = options.maximumEntries ?? 2_000;
    this.#life = options.life ?? 10_000;
    this.#now = options.now ?? (() => performance.now());
    if (this.#life > LONGEST_CACHE_LIFE) throw new RangeError(`keys are cached for ${LONGEST_CACHE_LIFE} ms at most`);
  }

  get(id: string, load: () => Promise<Value>): Promise<Value> {
    this.#dropExpired();
    const known = this.#entries.get(id);
    if (known) return known.value;

    const entry: Entry<Value> = { value: load(), expiresAt: this.#now() + this.#life };
    this.#entries.set(id, entry);
    this.#dropBeyondMaximum();
    const drop = () => {
      if (this.#entries.get(id) === entry) this.#entries.delete(id);
    };
    entry.value.then((value) => (this.worthKeeping(value) ? undefined : drop()), drop);
    return entry.value;
  }

  /** A look-up that began before this is not remembered, even if it ends later. */
  forget(id: string): void {
    this.#entries.delete(id);
  }

  /** All entries live equally long, so the map's order of insertion is the order of expiry. */
  #dropExpired(): void {
    const now = this.#now();
    for (const [id, entry] of this.#entries) {
      if (entry.expiresAt > now) return;
      this.#entries.delete(id);
    }
  }

  #dropBeyondMaximum(): void {
    for (const id of this.#entries.keys()) {
      if (this.#entries.size <= this.#maximumEntries) return;
      this.#entries.delete(id);
    }
  }
}
