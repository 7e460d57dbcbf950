/**
 * Asks at most once at a time, however many want to know. Whoever asks gets the answer to a question that began after that, so it is
 * never an old one; those who come while one is under way share the next.
 */
export function oneAtATime<Answer>(question: () => Promise<Answer>): () => Promise<Answer> {
  let current: Promise<unknown> = Promise.resolve();
  let next: Promise<Answer> | undefined;
  return () => {
    next ??= current
      .catch(() => undefined)
      .then(() => {
        next = undefined;
        const asked = question();
        current = asked;
        return asked;
      });
    return next;
  };
}
