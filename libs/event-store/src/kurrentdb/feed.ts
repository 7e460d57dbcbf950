import type { StoredEvent } from './envelope.js';

/** Which streams of the log are wanted: by the beginning of their names, or by a pattern. */
export type StreamFilter = { readonly prefixes: readonly string[] } | { readonly regex: string };

/** A subscription to the server's log, read at the reader's own pace. */
export interface Feed {
  /** The next event that has arrived. */
  take(): StoredEvent | undefined;
  /** Once `take` gives nothing: everything up to here has been looked at. */
  readonly mark: bigint;
  /** The server has said that what comes next is new. Events from before may still wait to be taken. */
  readonly caughtUp: boolean;
  /** Set when nothing more will come. */
  readonly over: { readonly because: unknown } | undefined;
  /** Resolves when something has changed since it last resolved, when `signal` aborts, or after `milliseconds`, then to false. */
  changed(signal: AbortSignal, milliseconds?: number): Promise<boolean>;
  close(): void;
}

/** Remembers that something has changed until somebody has waited for it. */
export class Change {
  #pending = true;
  #wake: (() => void) | undefined;

  happened(): void {
    this.#pending = true;
    this.#wake?.();
  }

  async wait(signal: AbortSignal, milliseconds?: number): Promise<boolean> {
    if (!this.#pending && !signal.aborted) await this.#next(signal, milliseconds);
    const happened = this.#pending || signal.aborted;
    this.#pending = false;
    return happened;
  }

  async #next(signal: AbortSignal, milliseconds?: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = milliseconds === undefined ? undefined : setTimeout(() => this.#wake?.(), milliseconds);
      const wake = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        this.#wake = undefined;
        resolve();
      };
      this.#wake = wake;
      signal.addEventListener('abort', wake, { once: true });
    });
  }
}
