import type { Aggregates, Call } from '@waymark/service-kit';
import { consentRecordAggregate } from './consent-record.aggregate.js';
import { statusOf } from './domain/consent-record.state.js';
import { isErased } from './domain/erasure.state.js';
import type { ClientDecision } from './domain/override.commands.js';
import type { ToldNo } from './domain/client-no.js';
import { endedBy } from './domain/override.state.js';
import { contradicts, scopeOf } from './domain/scope.js';
import { callTo, type LinkedRecord, linkedRecords } from './linked-records.js';
import { nosOf } from './nos-of-a-client.js';

/**
 * What the person has decided under one id ends what stands in for them under the others: overrides for a vital interest that were asked
 * for before. May be repeated.
 */
export async function endOverrides(
  aggregates: Aggregates,
  others: readonly LinkedRecord[],
  decisions: readonly ClientDecision[],
  call: Call,
  nos: readonly ToldNo[] = [],
): Promise<void> {
  const now = aggregates.now();
  const ends = ({ record }: LinkedRecord) => !isErased(record) && endedBy(decisions, record, now, nos).length > 0;
  for (const { clientId } of others.filter(ends))
    await aggregates.change(
      consentRecordAggregate,
      clientId,
      { type: 'EndOverrides', decisions, nos },
      callTo(`overrides of ${clientId}`, call),
    );
}

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
      ? [{ ...scopeOf(event.data), decidedAt: recorded.metadata.occurredAt }]
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
