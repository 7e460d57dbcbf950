/** Too much is waiting in a lane; nothing was begun. Answer 429 or 503 and let the caller come back. */
export class LaneFullError extends Error {
  override readonly name = 'LaneFullError';

  constructor(readonly lane: string) {
    super(`too much is waiting in the lane "${lane}"`);
  }
}

/** Runs at most `width` tasks at a time, the others in the order they came; refuses when `maximumWaiting` wait already. */
export class Lane {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(
    private readonly name: string,
    private readonly width: number,
    private readonly maximumWaiting: number,
  ) {}

  async run<Result>(task: () => Promise<Result>): Promise<Result> {
    await this.#enter();
    try {
      return await task();
    } finally {
      this.#leave();
    }
  }

  async #enter(): Promise<void> {
    if (this.#running < this.width) {
      this.#running += 1;
      return;
    }
    if (this.#waiting.length >= this.maximumWaiting) throw new LaneFullError(this.name);
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** The place is handed to the next in line, if any, without becoming free in between. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#running -= 1;
  }
}
