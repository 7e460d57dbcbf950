import { isDeepStrictEqual } from 'node:util';
import { type JsonSchema, type MessageContract, toJsonSchema } from '@waymark/contracts';
import { breaks } from './compatibility.js';

/** What was published under a name, in `libs/contracts/published/`. Revisions are only ever added. */
export interface PublishedRecord {
  readonly type: string;
  readonly topic: string;
  readonly key: string;
  /** The schema of the data as it was first published, and with each optional field that came later. */
  readonly revisions: readonly JsonSchema[];
}

/** A published version would change under those who read it. */
export class IncompatibleChange extends Error {
  override readonly name = 'IncompatibleChange';
}

/** Breaks between what was published and the contract: `at`, and what changed. Empty when all readers can go on. */
export function breaksOf(record: PublishedRecord, contract: MessageContract): readonly string[] {
  const moved = (['topic', 'key'] as const)
    .filter((name) => record[name] !== contract[name])
    .map((name) => `${name}: changed`);
  const schema = toJsonSchema(contract.schema);
  const changed = record.revisions.flatMap((revision) =>
    breaks(revision, schema).map(({ at, change }) => `${at || '/'}: ${change}`),
  );
  return [...new Set([...moved, ...changed])];
}

/** Whether the contract stands in the record as it is now. */
export const isRecorded = (record: PublishedRecord | undefined, contract: MessageContract): boolean =>
  isDeepStrictEqual(record?.revisions.at(-1), toJsonSchema(contract.schema));

/** The record with the contract in it. Throws `IncompatibleChange` rather than change what was published. */
export function recordOf(before: PublishedRecord | undefined, contract: MessageContract): PublishedRecord {
  const { type, topic, key, version } = contract;
  const schema = toJsonSchema(contract.schema);
  if (!before) return { type, topic, key, revisions: [schema] };
  const broken = breaksOf(before, contract);
  if (broken.length > 0) {
    const next = `${type.slice(0, type.lastIndexOf('.v'))}.v${version + 1}`;
    throw new IncompatibleChange(
      `${type} is published and must stay as it is (${broken.join('; ')}). Declare ${next} beside it.`,
    );
  }
  return isRecorded(before, contract) ? before : { ...before, revisions: [...before.revisions, schema] };
}
