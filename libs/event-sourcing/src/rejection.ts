import type { DomainEvent } from './event.js';

/** What people are told of a broken rule; with the field of the request that breaks it, where it is about one. */
export type RejectionText = string | { readonly field: string; readonly detail: string };

/**
 * A broken rule. `code` comes from the aggregate's closed union and is what callers and tests compare; `detail` is for people
 * and never holds client data; `field` is named as in the request. `record` are events that go to the log all the same, because audit
 * must see the refusal.
 */
export class DomainRejection<Code extends string = string> extends Error {
  override readonly name = 'DomainRejection';
  readonly detail: string;
  readonly field: string | undefined;

  constructor(
    readonly code: Code,
    text: RejectionText,
    readonly record: readonly DomainEvent[] = [],
  ) {
    const { detail, field } = typeof text === 'string' ? { detail: text, field: undefined } : text;
    super(`${code}: ${detail}`);
    this.detail = detail;
    this.field = field;
  }
}
