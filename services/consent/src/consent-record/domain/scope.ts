import { Type } from '@sinclair/typebox';
import { code, dataCategories, purposes, units } from '@waymark/contracts';
import type { ShapeOf } from '@waymark/event-sourcing';

/** To whom, why and what: plain in the log, because without it consent could not be proved by replay. */
export const scope = {
  recipient: code(units),
  purpose: code(purposes),
  categories: Type.Array(code(dataCategories)),
};
export type Scope = ShapeOf<typeof scope>;

export const scopeOf = ({ recipient, purpose, categories }: Scope): Scope => ({ recipient, purpose, categories });

/** Whether something that allows `allowed` allows all that is asked for: the same recipient and purpose, and EVERY category. */
export const covers = (allowed: Scope, asked: Scope): boolean =>
  isAbout(allowed, asked) &&
  asked.categories.length > 0 &&
  asked.categories.every((category) => allowed.categories.includes(category));

/** Whether saying no to `refused` contradicts having allowed `allowed`: the same recipient and purpose, and ANY category. */
export const contradicts = (refused: Scope, allowed: Scope): boolean =>
  isAbout(refused, allowed) && refused.categories.some((category) => allowed.categories.includes(category));

/** The same recipient and purpose. */
export const isAbout = (one: Scope, other: Scope): boolean =>
  one.recipient === other.recipient && one.purpose === other.purpose;
