import type { Static, TProperties, TSchema } from '@sinclair/typebox';
import { type DataCategory, dataCategories } from './data-category.js';
import type { Subject } from './subject.js';

/** Why a field is in no package, whatever the client consents to. */
export interface NeverDisclosed {
  readonly never: string;
}

/** The data category that a field tells of, or why it never leaves. */
export type Disclosed = DataCategory | NeverDisclosed;

/** Whose key seals a field, and under which category it may be disclosed. */
export interface Seal {
  readonly subject: Subject;
  readonly disclosed: Disclosed;
}

/** Sealed under a person's key; `disclosed` says as what it may leave. */
export const sealedFor = (subject: Subject, disclosed: Disclosed): Seal => ({ subject, disclosed });

/** For what stays with the desk. The reason is for whoever asks why a package lacks it. */
export const never = (reason: string): NeverDisclosed => ({ never: reason });

/** Parts that each lie in an envelope of their own. */
type Envelopes = { readonly [part: string]: { readonly $sealed: unknown } | undefined };

/** Names of the fields that hold envelopes: their parts are sealed one by one, so each has a category of its own. */
export type EnvelopeFields<Fields extends TProperties> = {
  [Field in keyof Fields]: Static<Fields[Field]> extends Envelopes ? Field : never;
}[keyof Fields];

/** What each part of such a field tells of. */
export type PartsDisclosed<Fields extends TProperties> = {
  readonly [Field in EnvelopeFields<Fields>]: {
    readonly [Part in keyof Static<Fields[Field]>]-?: Disclosed;
  };
};

/** By field, and by part where a field holds envelopes. A field that is not here is never disclosed. */
export type DisclosedFields = Readonly<Record<string, Disclosed | Readonly<Record<string, Disclosed>>>>;

/** Paths of sealed fields, and parts in envelopes, without a category and without a reason why they never leave. */
export function withoutCategory(data: TProperties, disclosed: DisclosedFields, sealed: readonly string[]): string[] {
  const fields = sealed.filter((field) => !isDisclosed(disclosed[field]));
  const parts = Object.entries(data).flatMap(([field, schema]) =>
    envelopesIn(schema)
      .filter((part) => !isDisclosed(partsOf(disclosed[field])[part]))
      .map((part) => `${field}.${part}`),
  );
  return [...fields, ...parts];
}

/**
 * Of the data of an event whatever was declared to tell of one of these categories, and nothing else. The only way from an event to
 * a package: a field without a category is not in it, and neither is one that was added without saying what it tells of.
 */
export function disclosable<Data extends object>(
  { disclosed }: { readonly disclosed: DisclosedFields },
  data: Data,
  categories: readonly DataCategory[],
): Partial<Data> {
  const among = (rule: unknown): boolean => categories.some((category) => category === rule);
  const taken = Object.entries(data).flatMap(([field, value]: [string, unknown]) => {
    const rule = Object.hasOwn(disclosed, field) ? disclosed[field] : undefined;
    if (isDisclosed(rule)) return among(rule) ? [[field, value] as const] : [];
    const parts = partsOf(rule);
    const chosen = Object.entries(value ?? {}).filter(([part]) => Object.hasOwn(parts, part) && among(parts[part]));
    return chosen.length > 0 ? [[field, Object.fromEntries(chosen)] as const] : [];
  });
  return Object.fromEntries(taken) as Partial<Data>;
}

type Rule = DisclosedFields[string] | undefined;

function isDisclosed(rule: Rule): rule is Disclosed {
  if (typeof rule === 'string') return dataCategories.includes(rule);
  return typeof rule?.never === 'string' && rule.never.length > 0;
}

const partsOf = (rule: Rule): Readonly<Record<string, Disclosed>> =>
  typeof rule === 'object' && !isDisclosed(rule) ? rule : {};

/** Names of the parts of a field that lie in envelopes. */
function envelopesIn(schema: TSchema): readonly string[] {
  const { properties = {} } = schema as { readonly properties?: TProperties };
  return Object.entries(properties)
    .filter(([, part]) => Object.hasOwn((part as { properties?: object }).properties ?? {}, '$sealed'))
    .map(([name]) => name);
}
