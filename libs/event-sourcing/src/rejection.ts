import type { DomainEvent } from './event.js';

/**
 * A broken rule. `code` comes from the aggregate's closed union and is what callers and tests compare; `detail` is for people
 * and never holds client data. `record` are events that go to the log all the same, because audit must see the refusal.
 */
export class DomainRejection<Code extends string = string> extends Error {
  override readonly name = 'DomainRejection';

  constructor(
    readonly code: Code,
    readonly detail: string,
    readonly record: readonly DomainEvent[] = [],
  ) {
    super(`${code}: ${detail}`);
  }
}
