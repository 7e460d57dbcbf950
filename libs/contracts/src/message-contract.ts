import type { Static, TObject } from '@sinclair/typebox';
import { TypeCompiler } from '@sinclair/typebox/compiler';
import { Value } from '@sinclair/typebox/value';
import { attributesBroken, type FactAttributes } from './fact-attributes.js';
import { schemaRulesBroken } from './message-rules.js';

/** One published message, as it is declared once for publishers, consumers and papers. */
export interface MessageContract<Schema extends TObject = TObject> {
  /** `context.what-happened.v1`: the name that travels as the CloudEvents `type`. */
  readonly type: string;
  /** The context that publishes it, and nobody else. */
  readonly context: string;
  readonly version: number;
  readonly topic: string;
  /** The CloudEvents `source` that it comes from. */
  readonly source: string;
  readonly title: string;
  readonly summary: string;
  /** The aggregate whose id is `subject`: messages about one of them stay in order. */
  readonly key: string;
  /** Codes, ids and times only: neither sealed text nor free text can be declared. */
  readonly classification: 'plain';
  readonly schema: Schema;
  readonly examples: readonly [Static<Schema>, ...Static<Schema>[]];
  /** Of a de-identified fact: what of it could join it to its event. */
  readonly fact?: FactAttributes;
  /** Nobody publishes it any more, but it lies on its topic and is read there. */
  readonly retired: boolean;
  /** For publishers: the data, if it keeps the contract to the letter; throws `BrokenContract` naming the fields that do not. */
  readonly parse: (data: unknown) => Static<Schema>;
  /** For consumers: the same, but fields that are not declared here are left out and not minded. */
  readonly read: (data: unknown) => Static<Schema>;
}

/** The data type a contract's messages carry. */
export type DataOf<Contract extends MessageContract> = Static<Contract['schema']>;

/** Data that its contract does not allow. `message` names fields and rules and quotes no value. */
export class BrokenContract extends Error {
  override readonly name = 'BrokenContract';
}

/** The topic of all messages that a service publishes. */
export const topicOf = (service: string): string => `waymark.${service}`;

/** De-identified facts travel apart from what names a concern or a case: only reporting may read them. */
export const factsTopicOf = (context: string): string =>
  // A relay finds out that its topic was lost by how much lies on it, so no two publish on one. Intake's is older than the others.
  context === 'intake' ? 'waymark.facts' : `waymark.${context}-facts`;

export interface MessageDeclaration<Schema extends TObject> {
  readonly type: `${string}.${string}.v${number}`;
  readonly title: string;
  readonly summary: string;
  readonly key: string;
  readonly schema: Schema;
  readonly examples: readonly [Static<Schema>, ...Static<Schema>[]];
  /** A fact that nobody can be found by: it travels on a topic of facts. Names every attribute but the id. */
  readonly fact?: FactAttributes;
  readonly retired?: boolean;
}

const namePattern = /^([a-z]+)\.[a-z]+(?:-[a-z]+)+\.v([1-9]\d*)$/;

/** Declares a message. Throws a `TypeError` for a name or a schema that no message may have, so that no service starts with one. */
export function defineMessage<Schema extends TObject>({
  retired = false,
  ...declared
}: MessageDeclaration<Schema>): MessageContract<Schema> {
  const { type, schema, key, fact } = declared;
  const [, context = '', version = ''] = namePattern.exec(type) ?? [];
  if (context === '') throw new TypeError(`${type} is not named context.what-happened.v1`);
  const rules = [
    ...schemaRulesBroken(schema).map(({ at, rule }) => `${at || '/'}: ${rule}`),
    ...(fact ? attributesBroken(schema, `${key}Id`, fact) : []),
  ];
  if (rules.length > 0) throw new TypeError(`${type} cannot be a message: ${rules.join('; ')}`);
  const checker = TypeCompiler.Compile(schema);
  const parse = (data: unknown): Static<Schema> => {
    if (checker.Check(data)) return data;
    const broken = [...checker.Errors(data)].map((error) => `${error.path || '/'}: ${error.message}`);
    throw new BrokenContract(`${type} breaks its contract: ${broken.join('; ')}`);
  };
  return {
    ...declared,
    context,
    version: Number(version),
    retired,
    topic: fact ? factsTopicOf(context) : topicOf(context),
    source: `/waymark/${context}${fact ? '-facts' : ''}`,
    classification: 'plain',
    parse,
    read: (data) => parse(Value.Clean(schema, Value.Clone(data))),
  };
}
