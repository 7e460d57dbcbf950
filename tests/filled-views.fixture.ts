import { type Told, uuid } from './histories.fixture.js';

const opened = '2020-09-13T12:00:00.000Z';
const scopeOpened = { recipient: 'ombudsman', purpose: 'support' };
const movedOpened = { caseId: uuid(9), clientId: uuid(9), movedAt: opened };

/** A short history after which no view is empty. */
export const fillsEveryView: readonly Told[] = [
  {
    ...{ stream: `concern-${uuid(9)}`, type: 'ConcernSubmitted' },
    data: {
      ...{ clientId: uuid(9), reporterId: uuid(59), channel: 'portal', immediateDanger: false, medicalUrgency: false },
      contactDetails: 'noor@example.org',
      contact: { at: opened, precision: 'minute' },
      clock: { warnAt: opened, dueAt: opened, escalateToHeadAt: opened },
    },
  },
  {
    ...{ stream: `concern-${uuid(9)}`, type: 'ReceiptIssued' },
    data: { scope: 'reporter', receiptHash: 'hash-of-the-opening' },
  },
  {
    ...{ stream: `case-${uuid(9)}`, type: 'CaseOpened' },
    data: {
      ...{ caseId: uuid(9), concernId: uuid(9), clientId: uuid(9), caseCode: 'C-9' },
      ...{ officerId: 'amina', team: ['amina'], openedAt: opened, shutOut: ['1a'.repeat(16)] },
    },
  },
  {
    ...{ stream: `consent-${uuid(9)}`, type: 'ConsentGiven' },
    data: { consentId: uuid(900), clientId: uuid(9), validUntil: opened, ...scopeOpened },
  },
  {
    ...{ stream: `case-${uuid(9)}`, type: 'EmergencyAccessGranted' },
    data: {
      ...{ clientId: uuid(9), grantId: uuid(209), staffId: 'kwame', purpose: 'audit' },
      ...{ grantedAt: opened, endsAt: opened, reviewDueAt: opened },
    },
  },
  {
    ...{ stream: `consent-${uuid(9)}`, type: 'OverrideRequested' },
    data: {
      ...{ clientId: uuid(9), overrideId: uuid(1_209), requestedBy: 'amina' },
      ...{ requestedAt: opened, validUntil: opened },
    },
  },
  {
    ...{ stream: `referral-${uuid(9)}`, type: 'ReferralDrafted' },
    data: { ...movedOpened, unit: 'ombudsman', service: 'mediation', urgency: 'soon' },
  },
  {
    ...{ stream: `fact-${uuid(9)}`, type: 'FactReceived' },
    data: { month: '2021-01', country: 'AR', matters: ['other'], behaviours: ['stalking'] },
  },
  {
    ...{ stream: `response_fact-${uuid(9)}`, type: 'ResponseAwaited' },
    data: { month: '2021-01', channel: 'portal', measurable: true },
  },
  {
    ...{ stream: `referral_fact-${uuid(9)}`, type: 'ReferralCounted' },
    data: { month: '2021-01', unit: 'ombudsman', service: 'mediation' },
  },
  { stream: `case_fact-${uuid(9)}`, type: 'CaseStageCounted', data: { month: '2021-01', stage: 'engagement' } },
  {
    ...{ stream: `intake_access-${uuid(9)}`, type: 'ClientDataRead' },
    data: { resource: `concern-${uuid(9)}`, clientId: uuid(9) },
  },
  {
    ...{ stream: `reading_alarm-${uuid(9)}`, type: 'ReadingAlarmRaised' },
    data: {
      ...{ alarmId: uuid(9), rule: 'refused_often', personId: 'amina', count: 11 },
      ...{ accessPosition: '1', accessedAt: opened },
    },
  },
  ...['intake', 'consent'].map((service) => ({
    ...{ stream: `${service}_process-${uuid(9)}`, type: 'ProcessStarted' },
    data: {
      ...{ process: 'two-steps', processVersion: 1, about: uuid(9), since: opened, dueAt: opened },
      ...{ stream: `consent-${uuid(9)}`, steps: [{ step: 'ask', withinSeconds: 300 }] },
    },
  })),
];
