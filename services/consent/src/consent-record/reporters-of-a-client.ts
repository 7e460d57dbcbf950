import type { Aggregates, Call } from '@waymark/service-kit';
import { consentRecordAggregate } from './consent-record.aggregate.js';
import { reject } from './domain/consent-record.rejections.js';
import type { ConsentRecord } from './domain/consent-record.state.js';
import { approvable } from './domain/erasure.decider.js';
import { isHeldBy } from './domain/erasure.state.js';
import { callTo, type LinkedRecord, linkedRecords, recordOf } from './linked-records.js';

/** Of somebody who reported: the records of the client whose concern it is, by all ids that they have. */
export const recordsReportedOf = async (
  aggregates: Aggregates,
  { erasure }: ConsentRecord,
): Promise<readonly LinkedRecord[]> =>
  erasure?.reporterOf ? linkedRecords(aggregates, erasure.reporterOf.clientId) : [];

/** The same, but nothing where somebody is the client, for whom the retention rule of intake asks in the same way: their holds are their own. */
async function recordsOfAnotherReportedOf(
  aggregates: Aggregates,
  { clientId: reporterId, record }: LinkedRecord,
): Promise<readonly LinkedRecord[]> {
  const clients = await recordsReportedOf(aggregates, record);
  return clients.some(({ clientId }) => clientId === reporterId) ? [] : clients;
}

/**
 * Before the approval of an erasure, where it is somebody else's who reported about a client: noted in the client's record, by each of their
 * ids, each at its own revision. So it has one order with a legal hold on the client: a hold that came before refuses it, and whoever places
 * one afterwards finds there whom to place it on as well. That of one id would do where all are linked, since a hold reaches every id before
 * it is acknowledged; in each it is found also by a hold that is placed on one id while the two are being linked.
 */
export async function admitErasure(aggregates: Aggregates, reporter: LinkedRecord, call: Call): Promise<void> {
  const { clientId: reporterId, record } = reporter;
  const clients = await recordsOfAnotherReportedOf(aggregates, reporter);
  if (clients.length === 0) return;
  const { erasureId } = approvable(record, call.actor.id);
  if (clients.some((client) => client.record.holds.length > 0)) reject('legal_hold_stands');
  for (const { clientId } of clients) {
    const command = { type: 'AdmitReporterErasure', clientId, reporterId, erasureId } as const;
    const admitting = callTo(`admitted under ${clientId}`, call);
    const { state } = await aggregates.change(consentRecordAggregate, clientId, command, admitting);
    // A retry is answered with what it appended before, and does not decide whether somebody has placed a hold since.
    if (state.holds.length > 0) reject('legal_hold_stands');
  }
}

/** Those who reported about the client and whose erasure was admitted, erased or not: a hold on the client is to stand in their records too. */
export async function recordsOfReporters(
  aggregates: Aggregates,
  records: readonly LinkedRecord[],
): Promise<readonly LinkedRecord[]> {
  const ids = new Set(records.flatMap(({ record }) => record.admitted.map(({ reporterId }) => reporterId)));
  return Promise.all([...ids].map((id) => recordOf(aggregates, id)));
}

/** Whether it was placed on who reported because it stands on the client: there it is lifted, for both. */
export const standsOnTheClient = async (
  aggregates: Aggregates,
  reporter: LinkedRecord,
  holdId: string,
): Promise<boolean> =>
  (await recordsOfAnotherReportedOf(aggregates, reporter)).some(({ record }) => isHeldBy(record, holdId));
