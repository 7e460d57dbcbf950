/** Too much is waiting in a lane. Answer 429 or 503 and let the caller come back. */
export class LaneFullError extends Error {
  override readonly name = 'LaneFullError';

  constructor(readonly lane: string) {
    super(`too much is waiting in the lane "${lane}"`);
  }
}

interface Waiting {
  readonly begin: () => void;
  readonly refuse: (error: LaneFullError) => void;
}

/**
 * Runs at most `width` tasks at a time. The others wait in a line for each source, and the sources take turns: whoever sends a
 * thousand tasks waits for their own, and a source with one task waits for at most one of every other source. Of one source tasks
 * begin in the order they came. When `maximumWaiting` wait, the last in the longest line is refused, so that a crowd in one line
 * never shuts the door to others.
 */
export class Lane {
  #running = 0;
  #waiting = 0;
  /** In the order of their turns. */
  readonly #lines = new Map<string, Waiting[]>();

  constructor(
    private readonly name: string,
    private readonly width: number,
    private readonly maximumWaiting: number,
  ) {}

  async run<Result>(source: string, task: () => Promise<Result>): Promise<Result> {
    await this.#enter(source);
    try {
      return await task();
    } finally {
      this.#leave();
    }
  }

  async #enter(source: string): Promise<void> {
    if (this.#running < this.width) {
      this.#running += 1;
      return;
    }
    if (this.#waiting >= this.maximumWaiting) this.#makeRoom(source);
    await new Promise<void>((begin, refuse) => {
      const line = this.#lines.get(source);
      if (line) line.push({ begin, refuse });
      else this.#lines.set(source, [{ begin, refuse }]);
      this.#waiting += 1;
    });
  }

  #makeRoom(source: string): void {
    let longest: Waiting[] = [];
    for (const line of this.#lines.values()) if (line.length > longest.length) longest = line;
    if (longest.length <= (this.#lines.get(source)?.length ?? 0) + 1) throw new LaneFullError(this.name);
    longest.pop()?.refuse(new LaneFullError(this.name));
    this.#waiting -= 1;
  }

  /** The place is handed to the next in turn, if any, without becoming free in between. */
  #leave(): void {
    const [next] = this.#lines;
    if (next === undefined) {
      this.#running -= 1;
      return;
    }
    const [source, line] = next;
    const first = line.shift();
    this.#lines.delete(source);
    if (line.length > 0) this.#lines.set(source, line);
    this.#waiting -= 1;
    first?.begin();
  }
}
