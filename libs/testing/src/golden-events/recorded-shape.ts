import type { Subject } from '@waymark/event-sourcing';
import type { JsonSchema } from './example-of.js';

/** What one version of an event says and what of it is sealed, as its golden file records it. */
export interface RecordedShape {
  readonly schema: JsonSchema;
  readonly sealed: Readonly<Partial<Record<string, Subject>>>;
}

/** The shape without what changes nothing: the order of fields and codes, examples, descriptions. A list of codes takes a line each. */
export const recordedShape = (schema: object, sealed: RecordedShape['sealed']): RecordedShape => ({
  schema: plain(JSON.parse(JSON.stringify(schema))) as JsonSchema,
  sealed,
});

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const {
    examples: _examples,
    description: _description,
    required,
    properties,
    ...kept
  } = value as JsonSchema & {
    readonly description?: unknown;
  };
  const codes = kept.anyOf?.map((each) => each.const);
  if (codes?.every((each) => typeof each === 'string')) return { enum: codes.sort() };
  return {
    ...plainFields(kept),
    ...(required ? { required: required.toSorted() } : {}),
    ...(properties ? { properties: plainFields(properties) } : {}),
  };
}

const plainFields = (object: object): object =>
  Object.fromEntries(Object.entries(object).map(([name, each]) => [name, plain(each)]));
