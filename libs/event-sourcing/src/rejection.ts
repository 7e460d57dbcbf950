import type { DomainEvent } from './event.js';

/** What of a command broke which rule: a field by its path, in which ids may stand. */
export interface RejectedField {
  readonly field: string;
  readonly rule: string;
  readonly message: string;
}

/**
 * A broken rule. `code` comes from the aggregate's closed union and is what callers and tests compare; `detail` is for people
 * and never holds client data. `record` are events that go to the log all the same, because audit must see the refusal. `fields`
 * are for whoever has to mend the command, where its code does not say enough.
 */
export class DomainRejection<Code extends string = string> extends Error {
  override readonly name = 'DomainRejection';

  constructor(
    readonly code: Code,
    readonly detail: string,
    readonly record: readonly DomainEvent[] = [],
    readonly fields: readonly RejectedField[] = [],
  ) {
    super(`${code}: ${detail}`);
  }
}
