import type { EventMetadata, RecordedEvent } from '@waymark/event-store';
import { markSealed } from './sealed-marks.js';

/** An event as audit looks at it: plain, sealed fields marked, nothing assumed about who wrote it. */
export interface Fact {
  readonly position: bigint;
  readonly recordedAt: string;
  readonly occurredAt: string;
  /** Category of the stream, such as `concern` or `case_access`. */
  readonly category: string;
  /** What follows the category in the stream's name. */
  readonly subject: string;
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly metadata: Partial<EventMetadata>;
  readonly data: Readonly<Record<string, unknown>>;
  /** Paths of the fields that are sealed. */
  readonly sealedFields: readonly string[];
  readonly hash: string;
}

/** Reads also what somebody has tampered with: audit has to show it. */
export function factOf(recorded: Omit<RecordedEvent, 'data'> & { readonly data: object }): Fact {
  const { data, metadata, position, recordedAt, category, stream, revision, id, type, schemaVersion, hash } = recorded;
  const told: Partial<EventMetadata> = metadata;
  return {
    ...{ position, recordedAt, category, stream, revision, id, type, schemaVersion, hash },
    ...markSealed(data),
    metadata: told,
    subject: recorded.stream.slice(recorded.category.length + 1),
    occurredAt: typeof told.occurredAt === 'string' ? told.occurredAt : recorded.recordedAt,
  };
}

/** By when something was known, or by when it had happened. */
export type TimeAxis = 'recorded' | 'occurred';

/** Milliseconds since 1970 on one of the two axes. */
export const timeOf = (fact: Fact, by: TimeAxis): number =>
  Date.parse(by === 'recorded' ? fact.recordedAt : fact.occurredAt);

/** The order of the log. */
export const byPosition = (one: Fact, other: Fact): number => (one.position < other.position ? -1 : 1);

/** False for audit's own record of who replayed what. */
export const isOfOtherServices = ({ category }: Fact): boolean => category !== 'audit_access';
