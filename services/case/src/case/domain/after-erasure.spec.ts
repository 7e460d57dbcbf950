import { describe, it } from '@jest/globals';
import { plusHours } from '@waymark/event-sourcing';
import type { CaseEvent } from './case.events.js';
import { context, decider, idAt, opened, supervisor } from './case.fixture.js';

const clientErased = true;
const moment = { clientId: 'client-1', closedBy: 'amina', closedAt: context.now } as const;
const riskKnown: CaseEvent = {
  type: 'RiskAssessed',
  data: {
    ...{ riskAssessmentId: idAt, instrument: 'desk-risk', instrumentVersion: '1.0', levels: {}, overall: 'low' },
    ...{ assessedBy: 'amina', assessedAt: context.now, reviewDueAt: plusHours(context.now, 1) },
  },
};

describe('once the client is erased', () => {
  it('somebody recuses without a reason', () => {
    const data = { concernId: 'concern-1', clientId: 'client-1', staffId: 'amina', team: [], recusedAt: context.now };
    const recuse = { type: 'RecuseOfficer', reason: 'He is my brother.', clientErased } as const;
    decider.given(opened).when(recuse).then({ type: 'OfficerRecused', data });
  });

  it('the case is closed without why, and with its last assessment of risk if that still holds', () => {
    const close = { type: 'CloseCase', closureReason: 'client_request', explained: [], clientErased } as const;
    const said = { ...close, noFinalRiskBecause: 'She was erased.', openReferralIds: [] };
    const closed = { ...moment, stage: 'engagement' } as const;
    decider.given(opened).when(said).then({ type: 'CaseClosed', data: closed });
    decider
      .given(opened, riskKnown)
      .when(said)
      .then({ type: 'CaseClosed', data: { ...closed, finalRiskAssessmentId: idAt } });
  });

  it('it has to be said all the same why there is no final risk level, and why a referral has not ended', () => {
    const close = { type: 'CloseCase', closureReason: 'client_request', explained: [], clientErased } as const;
    decider
      .given(opened)
      .when({ ...close, openReferralIds: [] })
      .thenRejectedWith('final_risk_missing');
    decider
      .given(opened, riskKnown)
      .when({ ...close, openReferralIds: ['referral-1'] })
      .thenRejectedWith('open_referrals_unexplained');
  });

  it('an emergency access is reviewed with an outcome and no findings', () => {
    const [concernId, clientId, grantId] = ['concern-1', 'client-1', 'grant-1'];
    const granted: CaseEvent = {
      type: 'EmergencyAccessGranted',
      data: {
        ...{ concernId, clientId, grantId, staffId: 'kwame', purpose: 'vital_interest', reason: 'She calls.' },
        ...{ grantedAt: context.now, endsAt: context.now, reviewDueAt: context.now },
      },
    };
    const review = { type: 'ReviewEmergencyAccess', grantId, outcome: 'justified', findings: 'So it was.' } as const;
    decider
      .given(opened, granted)
      .when({ ...review, clientErased }, supervisor)
      .then({
        type: 'EmergencyAccessReviewed',
        data: { concernId, clientId, grantId, outcome: 'justified', reviewedBy: 'ingrid', reviewedAt: context.now },
      });
  });
});
