import type { DomainEvent } from './event.js';

/** What people are told of a broken rule; with the field of the request that breaks it, where it is about one. */
export type RejectionText = string | { readonly field: string; readonly detail: string };

/** What of a command broke which rule: a field by its path, named as in the request, in which ids may stand. */
export interface RejectedField {
  readonly field: string;
  readonly rule: string;
  readonly message: string;
}

/**
 * A broken rule. `code` comes from the aggregate's closed union and is what callers and tests compare; `detail` is for people
 * and never holds client data. `record` are events that go to the log all the same, because audit must see the refusal. `fields`
 * are for whoever has to mend the command: that of the text, and those that the rule alone does not name.
 */
export class DomainRejection<Code extends string = string> extends Error {
  override readonly name = 'DomainRejection';
  readonly detail: string;
  readonly fields: readonly RejectedField[];

  constructor(
    readonly code: Code,
    text: RejectionText,
    readonly record: readonly DomainEvent[] = [],
    fields: readonly RejectedField[] = [],
  ) {
    const { detail, field } = typeof text === 'string' ? { detail: text, field: undefined } : text;
    super(`${code}: ${detail}`);
    this.detail = detail;
    this.fields = field === undefined ? fields : [{ field, rule: code, message: detail }, ...fields];
  }
}
