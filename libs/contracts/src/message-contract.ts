import type { Static, TObject } from '@sinclair/typebox';
import { TypeCompiler } from '@sinclair/typebox/compiler';

/** One published message: its name with version, the topic it travels on, the schema of its data, and an example. */
export interface MessageContract<Schema extends TObject = TObject> {
  readonly type: string;
  readonly topic: string;
  readonly summary: string;
  readonly schema: Schema;
  readonly example: Static<Schema>;
  /** The data, if it keeps the contract; throws naming the fields that do not. */
  readonly parse: (data: unknown) => Static<Schema>;
}

/** The data type a contract's messages carry. */
export type DataOf<Contract extends MessageContract> = Static<Contract['schema']>;

/** The topic of all messages that a service publishes. */
export const topicOf = (service: string): string => `waymark.${service}`;

/** De-identified facts travel apart from what names a concern or a case: only reporting may read them. */
export const factsTopic = 'waymark.facts';

/** Declares a message. The schema is closed: unknown fields break the contract, on both sides. */
export function defineMessage<Schema extends TObject>(
  type: `${string}.${string}.v${number}`,
  summary: string,
  schema: Schema,
  example: Static<Schema>,
  topic = topicOf(type.slice(0, type.indexOf('.'))),
): MessageContract<Schema> {
  const checker = TypeCompiler.Compile(schema);
  const parse = (data: unknown): Static<Schema> => {
    if (checker.Check(data)) return data;
    const broken = [...checker.Errors(data)].map((error) => `${error.path || '/'}: ${error.message}`);
    throw new Error(`${type} breaks its contract: ${broken.join('; ')}`);
  };
  return { type, topic, summary, schema, example, parse };
}
