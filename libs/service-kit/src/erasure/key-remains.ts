import type { Log } from '../log.js';

const againAfterMs = 300_000;

/** What PostgreSQL keeps in its files of keys that are destroyed, until the table is written anew. */
export interface KeyRemains {
  /** A key was destroyed. */
  arise(): void;
  /** For a clock: clears them when there may be any. A failure is logged, and tried again in five minutes. */
  clearWhenDue(): Promise<void>;
}

/** There may be some at the start already: of keys that were destroyed by a process which died, or when a backup was put back. */
export function watchKeyRemains(clear: () => Promise<void>, log: Log): KeyRemains {
  let due = true;
  let notBefore = 0;
  return {
    arise: () => {
      due = true;
    },
    clearWhenDue: async () => {
      if (!due || performance.now() < notBefore) return;
      due = false;
      await clear().catch((error: unknown) => {
        due = true;
        notBefore = performance.now() + againAfterMs;
        log.warn({ err: error }, 'what is left of destroyed keys in the files of the database could not be cleared');
      });
    },
  };
}
