import { type TObject, type TProperties, type TSchema, Type } from '@sinclair/typebox';
import { TypeCompiler } from '@sinclair/typebox/compiler';
import type { EarlierVersion, SealedFields } from './earlier-version.js';
import type { DomainEvent } from './event.js';
import { type FreeTextFields, roomForFreeText } from './free-text.js';
import type { ShapeOf } from './shape.js';
import type { Subject } from './subject.js';

/** One event type as its aggregate declares it. */
interface EventToDeclare<Fields extends TProperties> {
  /** Counts up whenever `data` or `sealed` changes; 1 to begin with. */
  readonly version: number;
  /** Every field with its schema. Nothing else may be in an event. */
  readonly data: Fields;
  /** Whose key seals which field. Every field with room for free text must be here. */
  readonly sealed: SealedFields<Fields> & { readonly [Field in FreeTextFields<Fields>]: Subject };
  /** How events of version 1, 2, … are read, each as the next; as many as there are versions before this one. */
  readonly earlier?: readonly EarlierVersion[];
}

/** What is known of one event type: its version, its shape, which fields are sealed for whom, and how older ones are read. */
export interface EventDeclaration {
  readonly version: number;
  readonly schema: TSchema & { readonly properties: TProperties };
  readonly sealed: Readonly<Partial<Record<string, Subject>>>;
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
 * validators. Throws when a version and the number of earlier ones do not belong together, or a field has room for free text and is
 * not sealed.
 */
export function declareEvents<const Types extends Readonly<Record<string, TProperties>>>(events: {
  readonly [Type in keyof Types]: EventToDeclare<Types[Type]>;
}): { readonly [Type in keyof Types]: DeclaredEvent<Types[Type]> } {
  const declared = Object.entries<EventToDeclare<TProperties>>(events).map(([type, event]) => [
    type,
    declareEvent(type, event),
  ]);
  return Object.fromEntries(declared) as { readonly [Type in keyof Types]: DeclaredEvent<Types[Type]> };
}

function declareEvent(type: string, { version, data, sealed, earlier = [] }: EventToDeclare<TProperties>) {
  if (version !== earlier.length + 1)
    throw new Error(`${type} has version ${version} and ${earlier.length} earlier ones: it must be one more`);
  const open = Object.entries(data).flatMap(([field, each]) =>
    Object.hasOwn(sealed, field) ? [] : roomForFreeText(each, field),
  );
  if (open.length > 0) throw new Error(`${type} has room for free text that is not sealed: ${open.join(', ')}`);
  const schema = Type.Object(data, { additionalProperties: false });
  const checker = TypeCompiler.Compile(schema);
  const faultsIn = (value: object): readonly string[] =>
    checker.Check(value) ? [] : [...checker.Errors(value)].map(({ path, message }) => `${path || '/'}: ${message}`);
  return { version, schema, sealed, earlier, faultsIn } satisfies EventDeclaration;
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
