import { describe, expect, it } from '@jest/globals';
import { oneCase } from '../fixtures/one-case.fixture.js';
import { recordedFacts } from '../fixtures/recorded-facts.fixture.js';
import { officer, told } from '../fixtures/told-events.fixture.js';
import { stateAt } from './state-at.js';

const story = oneCase();
/** All recorded as they happened, but for the first response, which was entered nine hours later. */
const entered = '2026-03-03T18:00:00.000Z';
const facts = recordedFacts(
  story.events.map((event) => ({ ...event, recordedAt: event.type === 'FirstResponseGiven' ? entered : event.at })),
);
const asKnown = (at: string) => stateAt(facts, story.caseId, at, 'recorded');
const asItWas = (at: string) => stateAt(facts, story.caseId, at, 'occurred');

describe('the state of a case as of a moment', () => {
  it('knows nothing before the first contact', () => {
    const state = asKnown('2026-03-02T07:59:59.999Z');
    expect(state).toMatchObject({ events: 0, consents: [], referrals: [], reads: { allowed: 0, refused: 0 } });
    expect(state.concern).toBeUndefined();
    expect(state.case).toBeUndefined();
  });

  it('shows the concern that led to the case before the case was opened', () => {
    const state = asKnown('2026-03-02T08:00:00.000Z');
    expect(state.concern).toMatchObject({
      status: 'submitted',
      channel: 'helpline',
      dueAt: '2026-03-03T08:00:00.000Z',
      overdue: false,
    });
    expect(state.case).toBeUndefined();
  });

  it('is overdue by the clock from the due moment on, even before an event says so', () => {
    const { concern } = asKnown('2026-03-03T08:00:00.000Z');
    expect(concern).toMatchObject({ overdue: true, escalations: [] });
    expect(concern?.markedOverdueAt).toBeUndefined();
    expect(asKnown('2026-03-03T08:00:01.000Z').concern).toMatchObject({
      markedOverdueAt: '2026-03-03T08:00:01.000Z',
      escalations: [{ to: 'supervisor', at: '2026-03-03T08:00:01.000Z' }],
    });
  });

  it('tells what was known from what was: a response entered late was there before it was known', () => {
    const noon = '2026-03-03T12:00:00.000Z';
    expect(asKnown(noon).concern).toMatchObject({ status: 'submitted', overdue: true });
    expect(asKnown(noon).concern?.firstResponseAt).toBeUndefined();
    expect(asItWas(noon).concern).toMatchObject({
      status: 'acknowledged',
      overdue: false,
      firstResponseAt: '2026-03-03T09:00:00.000Z',
    });
    expect(asKnown(entered).concern).toMatchObject({ status: 'acknowledged', overdue: false });
  });

  it('is not moved back by what is told late of an earlier step', () => {
    const late = recordedFacts([
      told('concern-1', 'ConcernTriaged', '2026-03-02T10:00:00.000Z', { priority: 'urgent' }),
      told('concern-1', 'FirstResponseGiven', '2026-03-02T11:00:00.000Z'),
      told('case-2', 'CaseOpened', '2026-03-02T12:00:00.000Z', { concernId: '1' }),
    ]);
    expect(stateAt(late, '2', '2026-03-03T00:00:00.000Z', 'occurred').concern?.status).toBe('triaged');
  });

  it('shows stage, officer, team and when risk is due for review', () => {
    expect(asKnown('2026-03-03T20:00:00.000Z').case).toEqual({
      caseId: story.caseId,
      concernId: story.concernId,
      caseCode: 'K7-QX',
      openedAt: '2026-03-03T18:20:01.000Z',
      stage: 'engagement',
      officerId: officer.id,
      team: [officer.id, 'lucia'],
      recused: [],
      shutOut: 0,
      emergencyAccesses: [],
      lastRiskAssessment: { assessedAt: '2026-03-03T19:00:00.000Z', reviewDueAt: '2026-03-10T19:00:00.000Z' },
    });
  });

  it('tells who had stepped back, how many are shut out, and whose broken glass opened it just then', () => {
    const [opened, recused, reviewed] = [
      '2026-04-01T08:00:00.000Z',
      '2026-04-01T09:00:00.000Z',
      '2026-04-01T13:30:00.000Z',
    ];
    const granted = (grantId: string, at: string, endsAt: string) =>
      told('case-7', 'EmergencyAccessGranted', at, { grantId, staffId: 'nadia', endsAt });
    const events = [
      told('case-7', 'CaseOpened', opened, { team: ['amina', 'lucia'], shutOut: ['a'.repeat(32), 'b'.repeat(32)] }),
      told('case-7', 'OfficerRecused', recused, { staffId: 'lucia', team: ['amina'] }),
      granted('one', '2026-04-01T10:00:00.000Z', '2026-04-01T12:00:00.000Z'),
      granted('two', '2026-04-01T13:00:00.000Z', '2026-04-01T17:00:00.000Z'),
      told('case-7', 'EmergencyAccessReviewed', reviewed, { grantId: 'two', reviewedAt: reviewed }),
    ];
    const known = recordedFacts(events.map((event) => ({ ...event, recordedAt: event.at })));
    const at = (moment: string) => stateAt(known, '7', `2026-04-01T${moment}Z`, 'recorded').case;
    const inForce = (moment: string) =>
      at(moment)
        ?.emergencyAccesses.filter((access) => access.inForce)
        .map(({ grantId }) => grantId);
    expect(at('08:30:00')).toMatchObject({ recused: [], shutOut: 2 });
    expect(at('09:00:00')).toMatchObject({ recused: ['lucia'], team: ['amina'], shutOut: 2 });
    expect(['09:59:59', '10:00:00', '11:59:59', '12:00:00', '13:00:00', '13:30:00'].map(inForce)).toEqual([
      [],
      ['one'],
      ['one'],
      [],
      ['two'],
      [],
    ]);
    expect(at('14:00:00')?.emergencyAccesses[1]).toMatchObject({ grantId: 'two', reviewedAt: reviewed });
  });

  it('shows a blocked referral, then what the consent allowed, then the suspension', () => {
    expect(asKnown('2026-03-04T08:30:00.000Z')).toMatchObject({
      consents: [],
      referrals: [{ status: 'blocked_no_consent', unit: 'ombudsman', openings: 0 }],
    });
    expect(asKnown('2026-03-04T13:00:00.000Z')).toMatchObject({
      consents: [{ consentId: story.consentId, status: 'in_force', disclosures: 2 }],
      referrals: [{ status: 'acknowledged', consentId: story.consentId, openings: 1 }],
      reads: { allowed: 2, refused: 0 },
    });
    expect(asKnown('2026-03-06T00:00:00.000Z')).toMatchObject({
      consents: [{ status: 'withdrawn', withdrawnAt: '2026-03-05T08:00:00.000Z' }],
      referrals: [{ status: 'suspended_consent_withdrawn' }],
      reads: { allowed: 2, refused: 1 },
    });
  });

  it('lets a consent end at its last moment without an event', () => {
    const untilWithdrawal = facts.filter(({ type }) => type !== 'ConsentWithdrawn');
    const status = (at: string) => stateAt(untilWithdrawal, story.caseId, at, 'recorded').consents[0]?.status;
    expect(status('2026-06-03T23:59:59.999Z')).toBe('in_force');
    expect(status('2026-06-04T00:00:00.000Z')).toBe('expired');
  });

  it('leaves out what belongs to another case of the same client', () => {
    const other = recordedFacts([
      ...story.events,
      told('concern-other', 'ConcernSubmitted', '2026-03-02T09:00:00.000Z', { clientId: story.clientId }),
      told('case-other', 'CaseOpened', '2026-03-02T09:00:00.000Z', { concernId: 'other', clientId: story.clientId }),
      told('referral-other', 'ReferralDrafted', '2026-03-02T09:00:00.000Z', { caseId: 'other' }),
    ]);
    const state = stateAt(other, story.caseId, '2026-12-31T00:00:00.000Z', 'recorded');
    expect(state.concern?.concernId).toBe(story.concernId);
    expect(state.referrals.map(({ referralId }) => referralId)).toEqual([story.referralId]);
    expect(stateAt(other, 'other', '2026-12-31T00:00:00.000Z', 'recorded')).toMatchObject({
      case: { caseId: 'other' },
      consents: [{ status: 'withdrawn' }],
    });
  });

  it('counts what it does not know and goes on', () => {
    const later = recordedFacts([
      ...story.events,
      told(`case-${story.caseId}`, 'SafetyPlanRecorded', '2026-03-06T08:00:00.000Z'),
      told(`case-${story.caseId}`, 'SafetyPlanRecorded', '2026-03-06T09:00:00.000Z'),
      told(`case-${story.caseId}`, 'StageMoved', '2026-03-06T10:00:00.000Z', { from: 'engagement', to: 'assessment' }),
      told(`consent-${story.clientId}`, 'ConsentRenewed', '2026-03-06T11:00:00.000Z'),
    ]);
    const state = stateAt(later, story.caseId, '2026-12-31T00:00:00.000Z', 'recorded');
    expect(state.case?.stage).toBe('assessment');
    expect([...state.notInterpreted]).toEqual([
      ['SafetyPlanRecorded', 2],
      ['ConsentRenewed', 1],
    ]);
  });

  it('does not take the fields of a version that audit does not know for what they were before', () => {
    const moved = told(`case-${story.caseId}`, 'StageMoved', '2026-03-06T08:00:00.000Z', { to: 'moved elsewhere' });
    const later = recordedFacts([...story.events, { ...moved, schemaVersion: 2 }]);
    const state = stateAt(later, story.caseId, '2026-12-31T00:00:00.000Z', 'recorded');
    expect(state.case?.stage).toBe('engagement');
    expect([...state.notInterpreted]).toEqual([['StageMoved', 1]]);
  });

  it('survives events whose fields are missing or of another kind', () => {
    const bent = recordedFacts(
      story.events.map((event) => ({
        ...event,
        data: event.type === 'CaseOpened' ? event.data : { team: 7, at: null },
      })),
    );
    expect(() => stateAt(bent, story.caseId, '2026-12-31T00:00:00.000Z', 'occurred')).not.toThrow();
  });
});
