import type { Instant } from '@waymark/event-sourcing';
import type { Aggregates, Call } from '@waymark/service-kit';
import { consentRecordAggregate } from './consent-record.aggregate.js';
import { statusOf } from './domain/consent-record.state.js';
import { isErased } from './domain/erasure.state.js';
import { standingAgainst, type ToldNo } from './domain/client-no.js';
import type { EndedOverride } from './domain/override.commands.js';
import { standingIn } from './domain/override.state.js';
import { contradicts, isAbout, type Scope, scopeOf } from './domain/scope.js';
import { callTo, type LinkedRecord, linkedRecords } from './linked-records.js';
import { nosOf } from './nos-of-a-client.js';

/** What the person has given, refused or withdrawn. */
interface ClientDecision extends Scope {
  readonly decidedAt: Instant;
  /** In the log; absent for one that is just being written, which comes after all that is known. */
  readonly position?: bigint;
}

/**
 * What the person has decided under one id ends what stands in for them under the others: overrides for a vital interest that were asked
 * for before, by the order of the log. May be repeated.
 */
export async function endOverrides(
  aggregates: Aggregates,
  others: readonly LinkedRecord[],
  decisions: readonly ClientDecision[],
  call: Call,
  nos: readonly ToldNo[] = [],
): Promise<void> {
  for (const other of others.filter(({ record }) => !isErased(record))) {
    const ended = endedBy(decisions, nos, other, aggregates.now());
    if (ended.length === 0) continue;
    const { clientId } = other;
    const command = { type: 'EndOverrides', ended } as const;
    await aggregates.change(consentRecordAggregate, clientId, command, callTo(`overrides of ${clientId}`, call));
  }
}

const endedBy = (
  decisions: readonly ClientDecision[],
  nos: readonly ToldNo[],
  { record, history }: LinkedRecord,
  now: Instant,
): readonly EndedOverride[] =>
  standingIn(record, now).flatMap((override) => {
    const { overrideId } = override;
    const asked = history.find(
      ({ event }) => event.type === 'OverrideRequested' && event.data.overrideId === overrideId,
    );
    const decided = decisions.find(
      ({ position, ...scope }) =>
        isAbout(override, scope) && (position === undefined || !asked || position > asked.recorded.position),
    );
    // Where somebody has said why the client cannot be asked any more, they knew of the no.
    const [unknown] = override.cannotBeAsked === undefined ? standingAgainst(nos, override) : [];
    const decidedAt = decided?.decidedAt ?? unknown?.saidAt;
    return decidedAt === undefined ? [] : [{ overrideId, decidedAt }];
  });

/**
 * For two ids that have just become one person: what was decided under either, the later against the earlier. A refusal withdraws the
 * consents that it contradicts, and any decision ends the overrides that stood in for it. So does an earlier no that still stands, where
 * whoever asked for the override and whoever approved it could not know of it. May be repeated.
 */
export async function settleDecisions(aggregates: Aggregates, clientId: string, call: Call): Promise<void> {
  const records = await linkedRecords(aggregates, clientId);
  const nos = nosOf(records);
  for (const decided of records) {
    const others = records.filter((each) => each !== decided);
    await endOverrides(
      aggregates,
      others,
      decisionsIn(decided),
      callTo(`decided under ${decided.clientId}`, call),
      nos,
    );
    for (const other of others.filter(({ record }) => !isErased(record)))
      for (const consentId of contradictedLater(decided, other, aggregates.now()))
        await aggregates.change(
          consentRecordAggregate,
          other.clientId,
          { type: 'WithdrawConsent', consentId, way: 'oral' },
          callTo(`withdrawal of ${consentId}`, call),
        );
  }
}

const deciding: ReadonlySet<string> = new Set(['ConsentGiven', 'ConsentRefused', 'ConsentWithdrawn']);

function decisionsIn({ history }: LinkedRecord): readonly ClientDecision[] {
  return history.flatMap(({ event, recorded }) =>
    deciding.has(event.type) && 'recipient' in event.data && 'categories' in event.data
      ? [{ ...scopeOf(event.data), decidedAt: recorded.metadata.occurredAt, position: recorded.position }]
      : [],
  );
}

/** Consents in force under the other id to which the person has said no since under this one, by the order of the log. */
const contradictedLater = ({ history }: LinkedRecord, other: LinkedRecord, now: string): readonly string[] =>
  other.record.consents
    .filter((consent) => statusOf(consent, now) === 'in_force')
    .filter((consent) =>
      history.some(
        ({ event, recorded }) =>
          event.type === 'ConsentRefused' &&
          contradicts(event.data, consent) &&
          recorded.position > positionOf(consent.consentId, other),
      ),
    )
    .map(({ consentId }) => consentId);

const positionOf = (consentId: string, { history }: LinkedRecord): bigint =>
  history.find(({ event }) => event.type === 'ConsentGiven' && event.data.consentId === consentId)?.recorded.position ??
  0n;
