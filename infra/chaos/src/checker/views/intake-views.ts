import { aggregatesOf, idOf, list, object, text, type LoggedEvent } from '../evidence.js';
import { millis, type Row, type View } from './view.js';

const lastOf = (events: readonly LoggedEvent[], ...types: readonly string[]): LoggedEvent | undefined =>
  events.findLast(({ type }) => types.includes(type));

const saw = (events: readonly LoggedEvent[], ...types: readonly string[]): boolean => !!lastOf(events, ...types);

/** How far a concern has come; a later step does not go back when an earlier one is made up for. */
function statusOf(events: readonly LoggedEvent[]): string {
  const last = lastOf(events, 'ConcernTriaged', 'ConcernAccepted');
  if (last) return last.type === 'ConcernAccepted' ? 'accepted' : 'triaged';
  return saw(events, 'FirstResponseGiven') ? 'acknowledged' : 'submitted';
}

const of = (events: readonly LoggedEvent[], ...types: readonly string[]): readonly LoggedEvent[] =>
  events.filter(({ type }) => types.includes(type));

/** Whoever has taken it last, unless they have recused since, or left the team of its case. */
const officerOf = (events: readonly LoggedEvent[]): string =>
  of(events, 'ConcernAllocated', 'OfficerRecusedFromConcern', 'TeamOfConcernChanged').reduce((officer, event) => {
    const { type, data } = event;
    if (type === 'ConcernAllocated') return text(data, 'officerId');
    if (type === 'TeamOfConcernChanged') return list(data, 'team').includes(officer) ? officer : '';
    return text(data, 'staffId') === officer ? '' : officer;
  }, '');

/** When the first of what whoever reported has written came that no officer has answered since; of nobody who is erased. */
function unansweredSince(events: readonly LoggedEvent[]): string {
  const isOver = ({ type, data }: LoggedEvent) =>
    type === 'OfficerMessageSent' || (type === 'PersonErased' && list(data, 'persons').includes('reporter'));
  const since = events.slice(events.findLastIndex(isOver) + 1);
  return millis(of(since, 'ReporterMessageReceived')[0]?.recordedAt ?? '');
}

/** Language, country, duty station and who is shut out are sealed in the log, the desk is a mark there: they are not judged. */
const queue: View = {
  service: 'intake',
  table: 'concern_queue',
  key: ['concern_id'],
  fold: (log) =>
    [...aggregatesOf(log, 'concern')].map(([concern, events]): Row => {
      const data = events.find(({ type }) => type === 'ConcernSubmitted')?.data;
      const urgent = text(data, 'immediateDanger') === 'true' || text(data, 'medicalUrgency') === 'true';
      const refused = of(events, 'ClientLinkSettled')
        .filter((settled) => text(settled.data, 'outcome') === 'refused')
        .map((settled) => text(settled.data, 'linkId'));
      const linkedTo = of(events, 'ConcernLinkedToClient')
        .filter((link) => !refused.includes(text(link.data, 'linkId')))
        .map((link) => text(link.data, 'earlierClientId'));
      return {
        concern_id: concern,
        client_id: text(data, 'clientId'),
        client_ids: [text(data, 'clientId'), ...linkedTo].join(),
        reporter_id: text(data, 'reporterId'),
        channel: text(data, 'channel'),
        status: statusOf(events),
        priority: text(lastOf(events, 'ConcernTriaged')?.data, 'priority'),
        immediate_danger: String(urgent),
        waiting: String(!saw(events, 'FirstResponseGiven', 'ConcernAccepted')),
        unanswered_since: unansweredSince(events),
        contact_at: millis(text(object(data, 'contact'), 'at')),
        due_at: millis(text(object(data, 'clock'), 'dueAt')),
        overdue: String(saw(events, 'FirstResponseOverdue')),
        escalated_to: text(lastOf(events, 'ConcernEscalated')?.data, 'to'),
        officer_id: officerOf(events),
        recused: of(events, 'OfficerRecusedFromConcern')
          .map(({ data }) => text(data, 'staffId'))
          .join(),
      };
    }),
};

const receipts: View = {
  service: 'intake',
  table: 'receipts',
  key: ['receipt_hash'],
  fold: (log) => {
    const withdrawn = of(log, 'ReceiptWithdrawn').map(({ data }) => text(data, 'receiptHash'));
    return of(log, 'ReceiptIssued')
      .filter(({ data }) => !withdrawn.includes(text(data, 'receiptHash')))
      .map((event): Row => ({
        receipt_hash: text(event.data, 'receiptHash'),
        concern_id: idOf(event),
        scope: text(event.data, 'scope'),
      }));
  },
};

const bells = [
  ['WarnOfFirstResponseDue', 'warnAt'],
  ['MarkFirstResponseOverdue', 'dueAt'],
  ['EscalateToHead', 'escalateToHeadAt'],
] as const;

/** What of its clock still has to ring. */
function stillToRing(events: readonly LoggedEvent[]): readonly string[] {
  if (saw(events, 'FirstResponseGiven')) return [];
  const toHead = events.some(({ type, data }) => type === 'ConcernEscalated' && text(data, 'to') === 'head');
  return [
    ...(saw(events, 'FirstResponseDue', 'FirstResponseOverdue') ? [] : ['WarnOfFirstResponseDue']),
    ...(saw(events, 'FirstResponseOverdue') ? [] : ['MarkFirstResponseOverdue']),
    ...(toHead ? [] : ['EscalateToHead']),
  ];
}

const clocks: View = {
  service: 'intake',
  table: 'response_clocks',
  key: ['concern_id', 'command'],
  fold: (log) =>
    [...aggregatesOf(log, 'concern')].flatMap(([concern, events]) => {
      const clock = object(events.find(({ type }) => type === 'ConcernSubmitted')?.data, 'clock');
      const waiting = clock ? stillToRing(events) : [];
      return bells
        .filter(([command]) => waiting.includes(command))
        .map(([command, at]): Row => ({ concern_id: concern, command, due_at: millis(text(clock, at)) }));
    }),
};

const quiet: View = {
  service: 'intake',
  table: 'quiet_concerns',
  key: ['concern_id'],
  fold: (log) =>
    [...aggregatesOf(log, 'concern')].map(([concern, events]): Row => {
      const data = events.find(({ type }) => type === 'ConcernSubmitted')?.data;
      const links = of(events, 'ConcernLinkedToClient').map((link) => text(link.data, 'earlierClientId'));
      return {
        concern_id: concern,
        client_ids: [text(data, 'clientId'), ...links].join(),
        quiet_since: millis(events.at(-1)?.recordedAt ?? ''),
        accepted: String(saw(events, 'ConcernAccepted')),
        reporter_apart: String(text(data, 'clientId') !== text(data, 'reporterId')),
        erased: of(events, 'PersonErased')
          .flatMap((erasure) => list(erasure.data, 'persons'))
          .join(),
        told: String(events.at(-1)?.type === 'RetentionEnded'),
      };
    }),
};

export const intakeViews: readonly View[] = [queue, receipts, clocks, quiet];
