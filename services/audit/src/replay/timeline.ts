import { type Fact, timeOf } from './fact.js';
import { textIn } from './fields.js';

/** One event as an auditor sees it. */
export interface TimelineEntry {
  readonly position: string;
  readonly recordedAt: string;
  readonly occurredAt: string;
  readonly service: string;
  readonly stream: string;
  readonly revision: number;
  readonly eventId: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly actor: { readonly kind: string; readonly id: string };
  readonly onBehalfOf?: string;
  readonly unit?: string;
  readonly purpose?: string;
  readonly why: Why;
  readonly data: Readonly<Record<string, unknown>>;
  readonly sealedFields: readonly string[];
  readonly hash: string;
}

/** What led to an event: the command or message, the chain it belongs to, and what it cites as allowing it. */
export interface Why {
  readonly causationId: string;
  readonly correlationId: string;
  readonly consentId?: string;
  readonly disclosureId?: string;
}

export interface TimelineFilter {
  /** Recorded at or after. */
  readonly from?: string;
  /** Recorded before. */
  readonly to?: string;
  readonly type?: string;
  /** Id of who acted. */
  readonly actor?: string;
  /** Position after which to go on. */
  readonly after: bigint;
  readonly limit: number;
}

/** The page of a history that a filter asks for. `more`: others follow. */
export function pageOf(
  facts: readonly Fact[],
  { from, to, type, actor, after, limit }: TimelineFilter,
): { readonly page: readonly Fact[]; readonly more: boolean } {
  const wanted = facts.filter(
    (fact) =>
      fact.position > after &&
      (from === undefined || timeOf(fact, 'recorded') >= Date.parse(from)) &&
      (to === undefined || timeOf(fact, 'recorded') < Date.parse(to)) &&
      (type === undefined || fact.type === type) &&
      (actor === undefined || actorOf(fact).id === actor),
  );
  return { page: wanted.slice(0, limit), more: wanted.length > limit };
}

export const entryOf = (fact: Fact): TimelineEntry => ({
  position: String(fact.position),
  recordedAt: fact.recordedAt,
  occurredAt: fact.occurredAt,
  service: serviceOf(fact),
  stream: fact.stream,
  revision: fact.revision,
  eventId: fact.id,
  type: fact.type,
  schemaVersion: fact.schemaVersion,
  actor: actorOf(fact),
  onBehalfOf: fact.metadata.onBehalfOf,
  unit: fact.metadata.unit,
  purpose: fact.metadata.purpose,
  why: whyOf(fact),
  data: fact.data,
  sealedFields: fact.sealedFields,
  hash: fact.hash,
});

/** Name of the service that keeps the event's category. */
export const serviceOf = ({ category }: Fact): string =>
  category === 'concern' ? 'intake' : category.replace(/_(access|process|erasure)$/, '');

export const actorOf = ({ metadata }: Fact): { readonly kind: string; readonly id: string } => ({
  kind: metadata.actor?.kind ?? 'unknown',
  id: metadata.actor?.id ?? 'unknown',
});

/** Reads of client data name what allowed them as `consent:<event id>` in their ground. */
export function whyOf({ data, metadata }: Fact): Why {
  const ground = /^consent:(.+)$/.exec(textIn(data, 'ground') ?? '')?.[1];
  return {
    causationId: metadata.causationId ?? 'unknown',
    correlationId: metadata.correlationId ?? 'unknown',
    consentId: textIn(data, 'consentId') ?? ground,
    disclosureId: textIn(data, 'disclosureId'),
  };
}
