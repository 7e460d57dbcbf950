/** Whom a consent or an override lets have what, and what for; or what somebody wants. */
export interface Scope {
  readonly recipient?: string | undefined;
  readonly purpose?: string | undefined;
  readonly categories: readonly string[];
}

/** Whether what is wanted lies within what was allowed: recipient, purpose and every category. Nothing wanted is covered by nothing. */
export const covers = (allowed: Scope, wanted: Scope): boolean =>
  allowed.recipient === wanted.recipient &&
  allowed.purpose === wanted.purpose &&
  areCovered(wanted.categories, allowed.categories);

export const areCovered = (wanted: readonly string[], allowed: readonly string[]): boolean =>
  wanted.length > 0 && wanted.every((category) => allowed.includes(category));
