/** A fact of the domain: a name in the past tense and what it says. Identity, order and authorship belong to the log. */
export interface DomainEvent<Type extends string = string, Data extends object = object> {
  readonly type: Type;
  readonly data: Data;
}

/** RFC 3339 in UTC with milliseconds, as `Date.prototype.toISOString` writes it. */
export type Instant = string;
