/** Those who wait until something has come about. */
export class Waiters {
  private readonly waiting = new Set<() => void>();
  private readonly disturbed = new Set<() => void>();

  get some(): boolean {
    return this.waiting.size > 0;
  }

  /** To be called whenever it may have come about. */
  look(): void {
    this.waiting.forEach((check) => check());
  }

  /** True once `reached`, false when the time is over. */
  wait(reached: () => boolean, timeoutMs: number): Promise<boolean> {
    if (reached()) return Promise.resolve(true);
    this.disturbed.forEach((wake) => wake());
    return new Promise((resolve) => {
      const finish = (result: boolean): void => {
        clearTimeout(timer);
        this.waiting.delete(check);
        resolve(result);
      };
      const check = (): void => {
        if (reached()) finish(true);
      };
      const timer = setTimeout(() => finish(false), timeoutMs);
      this.waiting.add(check);
    });
  }

  /** Resolves after the time, or as soon as somebody waits or the signal aborts. */
  quiet(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (this.some || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        this.disturbed.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, milliseconds);
      signal.addEventListener('abort', wake);
      this.disturbed.add(wake);
    });
  }
}

/** A promise that others resolve. */
export function once(): { readonly done: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const done = new Promise<void>((resolved) => (resolve = resolved));
  return { done, resolve };
}
