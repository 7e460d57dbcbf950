export type EventuallyOptions = {
  /** Default 15,000. */
  readonly timeoutMs?: number;
  /** Pause between two tries; default 25. */
  readonly everyMs?: number;
};

/**
 * Tries until `check` neither throws nor answers `false`, `null`, or another falsy value but
 * `undefined` (so that a check may consist of expectations alone), and returns its answer.
 * When time is up, the last failure is thrown as it was.
 */
export async function eventually<T>(check: () => T | Promise<T>, options: EventuallyOptions = {}): Promise<T> {
  const { timeoutMs = 15_000, everyMs = 25 } = options;
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const attempt = await tryOnce(check);
    if ('answer' in attempt) return attempt.answer;
    if (Date.now() >= deadline) throw attempt.failure;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

async function tryOnce<T>(check: () => T | Promise<T>): Promise<{ answer: T } | { failure: unknown }> {
  try {
    const answer = await check();
    if (answer || answer === undefined) return { answer };
    return { failure: new Error(`still ${JSON.stringify(answer)} when the time was up: ${check.toString()}`) };
  } catch (failure) {
    return { failure };
  }
}
