import type { DecisionContext } from '@waymark/event-sourcing';
import type { ConcernCommand, Contact } from './concern.commands.js';
import type { Account, KnownTime } from './account.js';
import type { ConcernEvent } from './concern.events.js';
import { responseClock } from './concern.state.js';

/** Monday morning, when everything in these specs begins. */
export const monday = '2026-03-02T08:00:00.000Z';

const minute = 60_000;
export const hour = 60 * minute;

/** A moment so many milliseconds after `monday`. */
export const later = (milliseconds: number): string => new Date(Date.parse(monday) + milliseconds).toISOString();

export const atTheMinute = (at: string): KnownTime => ({ at, precision: 'minute' });

export const context: DecisionContext = {
  now: monday,
  actor: { kind: 'staff', id: 'amina', roles: ['officer'], unit: 'support_desk' },
  newId: (label) => `new-${label}`,
  eventIdAt: (index) => `event-${index}`,
};

export const account: Account = {
  language: 'ar',
  reporterRelation: 'affected_person',
  matter: ['sexual_harassment'],
  narrative: 'مديري يرسل لي رسائل في الليل.',
};

export const contact: Contact = {
  channel: 'portal',
  kind: 'concern_report',
  identity: 'anonymous',
  immediateDanger: false,
  medicalUrgency: false,
  account,
  shutOut: [],
};

export const submit = (changed: Partial<Contact> = {}): ConcernCommand => ({
  type: 'SubmitConcern',
  concernId: 'concern-1',
  contact: { ...contact, ...changed },
  receiptHash: 'slow-hash',
});

export const register = (contactTime: KnownTime, changed: Partial<Contact> = {}, firstResponse?: KnownTime) =>
  ({
    type: 'RegisterContact',
    concernId: 'concern-1',
    contact: { ...contact, channel: 'helpline', ...changed },
    contactTime,
    ...(firstResponse ? { firstResponse } : {}),
  }) satisfies ConcernCommand;

/** A concern raised on Monday at eight. */
export function submitted(changed: Partial<Contact> = {}, time: KnownTime = atTheMinute(monday)): ConcernEvent {
  const { channel, kind, identity, immediateDanger, medicalUrgency, account: told } = { ...contact, ...changed };
  const clock = responseClock(time, immediateDanger || medicalUrgency);
  return {
    type: 'ConcernSubmitted',
    data: {
      ...told,
      concernId: 'concern-1',
      clientId: 'new-client',
      reporterId: told.reporterRelation === 'affected_person' ? 'new-client' : 'new-reporter',
      channel,
      kind,
      identity,
      immediateDanger,
      medicalUrgency,
      contact: time,
      ...(clock ? { clock } : {}),
      occurredAt: time.at,
    },
  };
}

export const receiptIssued: ConcernEvent = {
  type: 'ReceiptIssued',
  data: { scope: 'reporter', receiptHash: 'slow-hash' },
};
export const takenBy = (officerId: string): ConcernEvent => ({ type: 'ConcernAllocated', data: { officerId } });
export const taken = takenBy('amina');
export const respondedAt = (at: string): ConcernEvent => ({
  type: 'FirstResponseGiven',
  data: { response: atTheMinute(at), withinTarget: true, occurredAt: at },
});
export const responded = respondedAt(monday);
export const warned: ConcernEvent = { type: 'FirstResponseDue', data: { dueAt: later(24 * hour) } };
export const overdue: ConcernEvent = { type: 'FirstResponseOverdue', data: { dueAt: later(24 * hour) } };
export const escalatedTo = (to: 'supervisor' | 'head'): ConcernEvent => ({ type: 'ConcernEscalated', data: { to } });
export const triaged = {
  type: 'ConcernTriaged',
  data: { priority: 'urgent', riskOfRetaliation: true, mandatoryReportingExplained: true },
} as const satisfies ConcernEvent;
export const guided: ConcernEvent = {
  type: 'GuidanceGiven',
  data: { avenues: ['ombudsman_mediation'], decision: 'proceed' },
};
export const accepted: ConcernEvent = {
  type: 'ConcernAccepted',
  data: { clientId: 'new-client', officerId: 'amina' },
};
