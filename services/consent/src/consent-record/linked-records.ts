import { fold } from '@waymark/event-sourcing';
import { derivedId } from '@waymark/messaging';
import type { Aggregates, Call, HistoryEntry } from '@waymark/service-kit';
import { consentRecordAggregate } from './consent-record.aggregate.js';
import type { ConsentEvent } from './domain/consent-record.events.js';
import { type ConsentRecord, consentOf } from './domain/consent-record.state.js';
import { overrideOf } from './domain/override.state.js';

type Entry = HistoryEntry<ConsentEvent>;

/** What there is about one id of a person. */
export interface LinkedRecord {
  readonly clientId: string;
  readonly history: readonly Entry[];
  readonly record: ConsentRecord;
}

/** Those of one person, at least the one that was asked for. */
export type LinkedRecords = readonly [LinkedRecord, ...LinkedRecord[]];

/**
 * The records of all ids of one person, that of `clientId` first. Each consent is decided in the stream in which it lies, so that a
 * withdrawal and a disclosure have one order, whichever id they are asked for by. `known`: as far as the log was known.
 */
export async function linkedRecords(
  aggregates: Aggregates,
  clientId: string,
  known: (entry: Entry) => boolean = () => true,
): Promise<LinkedRecords> {
  const found: [LinkedRecord, ...LinkedRecord[]] = [await recordOf(aggregates, clientId, known)];
  for (const { record } of found)
    for (const other of record.linked)
      if (!found.some(({ clientId: id }) => id === other)) found.push(await recordOf(aggregates, other, known));
  return found;
}

/** That of one id alone. */
export async function recordOf(
  aggregates: Aggregates,
  clientId: string,
  known: (entry: Entry) => boolean = () => true,
): Promise<LinkedRecord> {
  const history = (await aggregates.history(consentRecordAggregate, clientId)).filter(known);
  const record = fold(
    consentRecordAggregate.decider,
    history.map(({ event }) => event),
  );
  return { clientId, history, record };
}

/** Whether this command was appended here before: it is a retry then. */
export const hasDecided = ({ history }: LinkedRecord, commandId: string): boolean =>
  history.some(({ recorded }) => recorded.metadata.causationId === commandId);

/** A further command that follows from a call. The revision that the caller insists on was for the first. */
export const callTo = (what: string, { ifMatch: _ofTheFirst, ...call }: Call): Call => ({
  ...call,
  commandId: derivedId(call.commandId, what),
});

/** The part of a call that is about another id of the person than the one that was named. */
export const callAbout = ({ clientId }: Pick<LinkedRecord, 'clientId'>, call: Call): Call => callTo(clientId, call);

/** The record in which a consent or an override lies; that of the named id for one that nobody knows. */
export const holderOf = (records: LinkedRecords, allowedBy: string): LinkedRecord =>
  records.find(({ record }) => consentOf(record, allowedBy) ?? overrideOf(record, allowedBy)) ?? records[0];
