import { type TObject, type TProperties, type TSchema, Type } from '@sinclair/typebox';
import { TypeCompiler } from '@sinclair/typebox/compiler';
import {
  type DisclosedFields,
  type EnvelopeFields,
  type PartsDisclosed,
  type Seal,
  withoutCategory,
} from './disclosed.js';
import type { EarlierVersion } from './earlier-version.js';
import type { DomainEvent } from './event.js';
import { type FreeTextFields, roomForFreeText } from './free-text.js';
import type { ShapeOf } from './shape.js';
import type { Subject } from './subject.js';

/** One event type as its aggregate declares it. */
interface EventItself<Fields extends TProperties> {
  /** Counts up whenever `data` or `sealed` changes; 1 to begin with. */
  readonly version: number;
  /** Every field with its schema. Nothing else may be in an event. */
  readonly data: Fields;
  /** Whose key seals which field, and as what it may be disclosed. Every field with room for free text must be here. */
  readonly sealed: { readonly [Field in keyof Fields]?: Seal } & { readonly [Field in FreeTextFields<Fields>]: Seal };
  /** How events of version 1, 2, … are read, each as the next; as many as there are versions before this one. */
  readonly earlier?: readonly EarlierVersion[];
}

/** With what each part tells of, where a field holds envelopes. */
type EventToDeclare<Fields extends TProperties> = EventItself<Fields> &
  ([EnvelopeFields<Fields>] extends [never]
    ? { readonly enveloped?: undefined }
    : { readonly enveloped: PartsDisclosed<Fields> });

/** What is known of one event type: its version, its shape, which fields are sealed for whom, and how older ones are read. */
export interface EventDeclaration {
  readonly version: number;
  readonly schema: TSchema & { readonly properties: TProperties };
  readonly sealed: Readonly<Partial<Record<string, Subject>>>;
  /** As what each field may be disclosed. What is not here never is. */
  readonly disclosed: DisclosedFields;
  readonly earlier: readonly EarlierVersion[];
  /** Path and rule of whatever does not fit the schema, never a value; empty for data that fit. */
  readonly faultsIn: (data: object) => readonly string[];
}

/** A declaration whose schema the compiler knows. */
interface DeclaredEvent<Fields extends TProperties> extends EventDeclaration {
  readonly schema: TObject<Fields>;
}

/**
 * Declares the events of an aggregate, keyed by type. The events' TypeScript types follow from it (`EventOf`), and so do their
 * validators. Throws when a version and the number of earlier ones do not belong together, a field has room for free text and
 * is not sealed, or what is sealed has neither a data category nor a reason why it is never disclosed.
 */
export function declareEvents<const Types extends Readonly<Record<string, TProperties>>>(events: {
  readonly [Type in keyof Types]: EventToDeclare<Types[Type]>;
}): { readonly [Type in keyof Types]: DeclaredEvent<Types[Type]> } {
  const declared = Object.entries<AnyEventToDeclare>(events).map(([type, event]) => [type, declareEvent(type, event)]);
  return Object.fromEntries(declared) as { readonly [Type in keyof Types]: DeclaredEvent<Types[Type]> };
}

type AnyEventToDeclare = EventItself<TProperties> & { readonly enveloped?: DisclosedFields | undefined };

function declareEvent(type: string, { version, data, sealed: seals, enveloped, earlier = [] }: AnyEventToDeclare) {
  if (version !== earlier.length + 1)
    throw new Error(`${type} has version ${version} and ${earlier.length} earlier ones: it must be one more`);
  const each = <Value>(of: (seal: Seal) => Value): Record<string, Value> =>
    Object.fromEntries(Object.entries(seals).flatMap(([field, seal]) => (seal ? [[field, of(seal)]] : [])));
  const sealed = each(({ subject }) => subject);
  const disclosed: DisclosedFields = { ...each((seal) => seal.disclosed), ...enveloped };
  const open = Object.entries(data).flatMap(([field, schema]) =>
    Object.hasOwn(sealed, field) ? [] : roomForFreeText(schema, field),
  );
  if (open.length > 0) throw new Error(`${type} has room for free text that is not sealed: ${open.join(', ')}`);
  const unsaid = withoutCategory(data, disclosed, Object.keys(sealed));
  if (unsaid.length > 0)
    throw new Error(`${type} does not say as what it may be disclosed, or why never: ${unsaid.join(', ')}`);
  const schema = Type.Object(data, { additionalProperties: false });
  const checker = TypeCompiler.Compile(schema);
  const faultsIn = (value: object): readonly string[] =>
    checker.Check(value) ? [] : [...checker.Errors(value)].map(({ path, message }) => `${path || '/'}: ${message}`);
  return { version, schema, sealed, disclosed, earlier, faultsIn } satisfies EventDeclaration;
}

/** The union of the events that were declared. */
export type EventOf<Declared extends Readonly<Record<string, EventDeclaration>>> = {
  [Type in keyof Declared & string]: Declared[Type] extends DeclaredEvent<infer Fields>
    ? DomainEvent<Type, ShapeOf<Fields>>
    : never;
}[keyof Declared & string];

/** The declarations of all events of an aggregate, keyed by type; the compiler demands every type. */
export type EventDeclarations<Event extends DomainEvent> = {
  readonly [E in Event as E['type']]: EventDeclaration & { readonly schema: { readonly static: E['data'] } };
};

/** How an aggregate's events lie in the log. A stream is `<category>-<id>`. */
export interface AggregateDeclaration<State, Event extends DomainEvent> {
  readonly category: string;
  readonly events: EventDeclarations<Event>;
  /** Ids of the persons whose keys seal this aggregate's fields, read from the state after the event. */
  readonly subjects: (state: State) => Partial<Record<Subject, string>>;
}
