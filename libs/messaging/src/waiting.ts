/** Resolves after the time or as soon as the signal aborts, whichever comes first. */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener('abort', done);
  });
}

/** Does the work again and again, so long after it last ended, until the signal aborts. Rejects as soon as the work does. */
export async function repeatedly(milliseconds: number, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await pause(milliseconds, signal);
    if (!signal.aborted) await work();
  }
}

/** Doubles from `first` to `most` milliseconds, with up to a fifth of jitter; `reset` starts over. */
export class BackOff {
  private exponent = 0;

  constructor(
    private readonly first: number,
    private readonly most: number,
  ) {}

  next(): number {
    const full = Math.min(this.first * 2 ** this.exponent++, this.most);
    return full - Math.random() * 0.2 * full;
  }

  reset(): void {
    this.exponent = 0;
  }
}

/** A bell: `wait` returns when `ring` was called since the last wait, or after the time. */
export class Bell {
  private rung = false;
  private listener: (() => void) | undefined;

  ring(): void {
    this.rung = true;
    this.listener?.();
  }

  /** True when it rang, false when the time was over. */
  async wait(milliseconds: number): Promise<boolean> {
    if (!this.rung) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, milliseconds);
        this.listener = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.listener = undefined;
    }
    const rang = this.rung;
    this.rung = false;
    return rang;
  }
}

/** A promise with its handle outside. */
export class Deferred {
  readonly promise: Promise<void>;
  resolve: () => void = () => undefined;

  constructor() {
    this.promise = new Promise((resolve) => {
      this.resolve = resolve;
    });
  }
}

/** The result, or a rejection when it does not come in time. */
export async function within<Result>(milliseconds: number, result: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([result, late]);
  } finally {
    clearTimeout(timer);
  }
}
