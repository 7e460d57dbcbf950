import { describe, expect, it } from '@jest/globals';
import { riskLevels } from '@waymark/contracts';
import { caseCodeFrom } from './case-code.js';
import type { CaseCommand } from './case.commands.js';
import { caseDecider } from './case.decider.js';
import type { CaseEvent, RiskAssessment } from './case.events.js';
import { context, decider, idAt, ids, opened, outsider, supervisor } from './case.fixture.js';

const openCase: CaseCommand = { type: 'OpenCase', ...ids };
const ofCase = { concernId: 'concern-1', clientId: 'client-1' };
const luciaAdded = {
  type: 'TeamMemberAdded',
  data: { ...ofCase, staffId: 'lucia', team: ['amina', 'lucia'] },
} as const satisfies CaseEvent;
const assessRisk: Extract<CaseCommand, { type: 'AssessRisk' }> = {
  type: 'AssessRisk',
  instrument: 'desk-risk',
  instrumentVersion: '2',
  levels: { safety: 'high', retaliation: 'medium' },
  overall: 'high',
  immediateActions: 'Keep away from the car park.',
};
const assessed: RiskAssessment = {
  riskAssessmentId: idAt,
  instrument: 'desk-risk',
  instrumentVersion: '2',
  levels: { safety: 'high', retaliation: 'medium' },
  overall: 'high',
  immediateActions: 'Keep away from the car park.',
  assessedBy: 'amina',
  assessedAt: context.now,
  reviewDueAt: '2026-03-09T08:00:00.000Z',
};

describe('a case whose client has come before', () => {
  const link: CaseCommand = { type: 'LinkToClient', linkId: 'link-1', earlierClientId: 'client-0' };
  const linked = (previousClientId: string, team = ['amina']): CaseEvent => ({
    type: 'CaseLinkedToClient',
    data: { linkId: 'link-1', concernId: 'concern-1', clientId: 'client-0', previousClientId, team },
  });

  it('is a case of theirs with the team it has, and says so again to who asks again', () => {
    decider
      .given(opened, luciaAdded)
      .when(link)
      .then(linked('client-1', ['amina', 'lucia']));
    decider.given(opened, linked('client-1')).when(link).then(linked('client-0'));
    decider
      .given(opened, linked('client-1'))
      .when({ type: 'AddTeamMember', staffId: 'lucia' })
      .then({ ...luciaAdded, data: { ...luciaAdded.data, clientId: 'client-0' } });
  });

  it('that is not open yet opens for whom the concern is accepted', () => {
    decider.given().when(link).then();
  });
});

describe('opening a case', () => {
  it('makes the officer who accepted the concern its officer and its team', () => {
    decider.given().when(openCase).then(opened);
  });

  it('happens once for a concern, whatever is heard of it later', () => {
    decider.given(opened).when(openCase).then();
    decider
      .given(opened)
      .when({ ...openCase, officerId: 'kwame' })
      .then();
  });

  it('is confirmed to whoever asks again, and made up for when there is none', () => {
    const { officerId: _officer, ...confirmed } = ids;
    decider
      .given(opened, luciaAdded)
      .when({ type: 'ConfirmOpening', ...ids })
      .then({ type: 'CaseOpeningConfirmed', data: confirmed });
    decider
      .given()
      .when({ type: 'ConfirmOpening', ...ids })
      .then(opened);
  });

  it('gives a code of letters and digits that cannot be mistaken, different for different ids', () => {
    expect(caseCodeFrom(idAt)).toMatch(/^[2-9B-DF-HJ-NP-TV-Z]{4}-[2-9B-DF-HJ-NP-TV-Z]{4}$/);
    expect(caseCodeFrom(idAt)).not.toBe(caseCodeFrom('0197e000-0000-8000-8000-0123456789ac'));
  });

  it('comes before everything else', () => {
    decider.given().when(assessRisk).thenRejectedWith('case_not_found');
    decider.given().when({ type: 'AddTeamMember', staffId: 'lucia' }).thenRejectedWith('case_not_found');
  });
});

describe('the team of a case', () => {
  it('grows by a second officer', () => {
    decider.given(opened).when({ type: 'AddTeamMember', staffId: 'lucia' }, supervisor).then(luciaAdded);
  });

  it('has nobody twice', () => {
    decider.given(opened).when({ type: 'AddTeamMember', staffId: 'amina' }).thenRejectedWith('already_on_team');
    decider
      .given(opened, luciaAdded)
      .when({ type: 'AddTeamMember', staffId: 'lucia' })
      .thenRejectedWith('already_on_team');
  });

  it('shrinks by a member who is on it', () => {
    decider
      .given(opened, luciaAdded)
      .when({ type: 'RemoveTeamMember', staffId: 'lucia' }, supervisor)
      .then({ type: 'TeamMemberRemoved', data: { ...ofCase, staffId: 'lucia', team: ['amina'] } });
    decider
      .given(opened)
      .when({ type: 'RemoveTeamMember', staffId: 'lucia' })
      .thenRejectedWith('team_member_not_found');
  });

  it('never loses its officer without getting another', () => {
    decider
      .given(opened, luciaAdded)
      .when({ type: 'RemoveTeamMember', staffId: 'amina' })
      .thenRejectedWith('officer_not_removable');
    decider
      .given(opened, luciaAdded)
      .when({ type: 'AssignOfficer', officerId: 'lucia' }, supervisor)
      .then({
        type: 'OfficerAssigned',
        data: { ...ofCase, officerId: 'lucia', previousOfficerId: 'amina', team: ['lucia'] },
      });
    decider.given(opened).when({ type: 'AssignOfficer', officerId: 'amina' }).thenRejectedWith('already_case_officer');
  });

  it('alone assesses risk and writes notes; a supervisor may move the stage', () => {
    const note: CaseCommand = { type: 'WriteNote', noteClass: 'administrative', text: 'Called back.' };
    const move: CaseCommand = { type: 'MoveStage', stage: 'assessment' };
    for (const command of [assessRisk, note, move])
      decider.given(opened).when(command, outsider).thenRejectedWith('caller_not_on_team');
    for (const command of [assessRisk, note])
      decider.given(opened).when(command, supervisor).thenRejectedWith('caller_not_on_team');
    decider.given(opened).when(move, supervisor).thenTypes('StageMoved');
  });
});

describe('recusing', () => {
  const recuse: CaseCommand = { type: 'RecuseOfficer', reason: 'He is my brother.' };
  const recused: CaseEvent = {
    type: 'OfficerRecused',
    data: {
      ...{ concernId: 'concern-1', clientId: 'client-1', staffId: 'amina', team: ['lucia'] },
      ...{ reason: 'He is my brother.', recusedAt: context.now },
    },
  };

  it('takes somebody off the team, the officer too, and happens once', () => {
    decider.given(opened, luciaAdded).when(recuse).then(recused);
    decider.given(opened, luciaAdded, recused).when(recuse).thenRejectedWith('case_not_found');
    decider.given(opened).when(recuse, outsider).thenRejectedWith('caller_not_on_team');
  });

  it('is for ever', () => {
    for (const command of [
      { type: 'AddTeamMember', staffId: 'amina' },
      { type: 'AssignOfficer', officerId: 'amina' },
    ] as const)
      decider.given(opened, luciaAdded, recused).when(command, supervisor).thenRejectedWith('officer_recused');
  });

  it('leaves the case to be given to another officer', () => {
    decider
      .given(opened, luciaAdded, recused)
      .when({ type: 'AssignOfficer', officerId: 'lucia' }, supervisor)
      .then({
        type: 'OfficerAssigned',
        data: { ...ofCase, officerId: 'lucia', previousOfficerId: 'amina', team: ['lucia'] },
      });
  });
});

describe('assessing risk', () => {
  it('records instrument, levels, actions and when to review', () => {
    decider.given(opened).when(assessRisk).then({ type: 'RiskAssessed', data: assessed });
  });

  const dueAfter = (assessment: Partial<typeof assessRisk>): string | undefined => {
    const before = caseDecider.evolve(caseDecider.initialState, opened);
    const [event] = caseDecider.decide({ ...assessRisk, ...assessment }, before, context);
    return event?.type === 'RiskAssessed' ? event.data.reviewDueAt.slice(0, 13) : undefined;
  };
  const dueByLevel = ['2026-05-31T08', '2026-05-31T08', '2026-04-01T08', '2026-03-09T08', '2026-03-03T08'];

  it('is due again by level: 24 hours, 7, 30 or 90 days', () => {
    expect(riskLevels.map((overall) => dueAfter({ levels: { safety: 'none' }, overall }))).toEqual(dueByLevel);
  });

  it('is due again by the highest level of one domain, however low the whole is judged', () => {
    for (const overall of ['none', 'low'] as const)
      expect(riskLevels.map((level) => dueAfter({ levels: { family: 'none', safety: level }, overall }))).toEqual(
        dueByLevel,
      );
    expect(dueAfter({ levels: { safety: 'imminent', self_harm: 'high' }, overall: 'none' })).toBe('2026-03-03T08');
  });

  it('looks at one domain at least', () => {
    decider
      .given(opened)
      .when({ ...assessRisk, levels: {} })
      .thenRejectedWith('invalid_risk_levels');
  });
});

describe('moving the stage', () => {
  it('goes both ways, each move once', () => {
    const toPlanning: CaseEvent = { type: 'StageMoved', data: { from: 'engagement', to: 'planning' } };
    decider.given(opened).when({ type: 'MoveStage', stage: 'planning' }).then(toPlanning);
    decider
      .given(opened, toPlanning)
      .when({ type: 'MoveStage', stage: 'assessment' })
      .then({ type: 'StageMoved', data: { from: 'planning', to: 'assessment' } });
    decider
      .given(opened, toPlanning)
      .when({ type: 'MoveStage', stage: 'planning' })
      .thenRejectedWith('stage_unchanged');
  });
});

describe('closing a case', () => {
  const close: Extract<CaseCommand, { type: 'CloseCase' }> = {
    type: 'CloseCase',
    closureReason: 'needs_met',
    explained: [],
    openReferralIds: [],
  };
  const closed = {
    type: 'CaseClosed',
    data: {
      clientId: 'client-1',
      stage: 'engagement',
      closureReason: 'needs_met',
      finalRiskAssessmentId: idAt,
      openReferrals: [],
      closedBy: 'amina',
      closedAt: context.now,
    },
  } as const satisfies CaseEvent;
  const riskKnown: CaseEvent = { type: 'RiskAssessed', data: assessed };

  it('names the final risk assessment, and where the case stood', () => {
    decider.given(opened, riskKnown).when(close).then(closed);
    decider
      .given(opened, riskKnown, { type: 'StageMoved', data: { from: 'engagement', to: 'follow_up' } })
      .when(close, supervisor)
      .then({ type: 'CaseClosed', data: { ...closed.data, stage: 'follow_up', closedBy: 'ingrid' } });
  });

  it('is refused without a final risk level, unless it is said why there is none', () => {
    const { finalRiskAssessmentId: _none, ...rest } = closed.data;
    const overdue: CaseEvent = { type: 'RiskAssessed', data: { ...assessed, reviewDueAt: context.now } };
    for (const history of [[opened], [opened, overdue]]) {
      decider
        .given(...history)
        .when(close)
        .thenRejectedWith('final_risk_missing');
      decider
        .given(...history)
        .when({ ...close, noFinalRiskBecause: 'She cannot be reached.' })
        .then({ type: 'CaseClosed', data: { ...rest, noFinalRiskBecause: 'She cannot be reached.' } });
    }
  });

  it('is refused with open referrals, unless each is explained', () => {
    const explained = (...ids: string[]) =>
      ids.map((referralId) => ({ referralId, explanation: 'goes on without us' }));
    const withTwo = { ...close, openReferralIds: ['referral-1', 'referral-2'] };
    for (const some of [[], explained('referral-1'), explained('referral-1', 'referral-3')])
      decider
        .given(opened, riskKnown)
        .when({ ...withTwo, explained: some })
        .thenRejectedWith('open_referrals_unexplained');
    decider
      .given(opened, riskKnown)
      .when({ ...withTwo, explained: explained('referral-1', 'referral-2', 'referral-3') })
      .then({ type: 'CaseClosed', data: { ...closed.data, openReferrals: explained('referral-1', 'referral-2') } });
  });

  it('is for the team and supervisors, and happens once', () => {
    decider.given(opened, riskKnown).when(close, outsider).thenRejectedWith('caller_not_on_team');
    decider.given(opened, riskKnown, closed).when(close).thenRejectedWith('case_closed');
  });

  it('ends the work on it, but not who may see it', () => {
    const work: CaseCommand[] = [
      assessRisk,
      { type: 'MoveStage', stage: 'planning' },
      { type: 'WriteNote', noteClass: 'administrative', text: 'Called back.' },
    ];
    for (const command of work) decider.given(opened, riskKnown, closed).when(command).thenRejectedWith('case_closed');
    decider
      .given(opened, riskKnown, closed)
      .when({ type: 'AddTeamMember', staffId: 'lucia' }, supervisor)
      .then(luciaAdded);
  });

  it('can be undone: the case goes on where it stood, and can be closed again', () => {
    const reopen: CaseCommand = { type: 'ReopenCase', reason: 'She called again.' };
    const reopened: CaseEvent = {
      type: 'CaseReopened',
      data: {
        clientId: 'client-1',
        stage: 'engagement',
        reason: 'She called again.',
        reopenedBy: 'amina',
        reopenedAt: context.now,
      },
    };
    decider.given(opened, riskKnown, closed).when(reopen).then(reopened);
    decider.given(opened, riskKnown, closed).when(reopen, outsider).thenRejectedWith('caller_not_on_team');
    decider.given(opened, riskKnown).when(reopen).thenRejectedWith('case_not_closed');
    decider.given(opened, riskKnown, closed, reopened).when(reopen).thenRejectedWith('case_not_closed');
    decider.given(opened, riskKnown, closed, reopened).when(close).then(closed);
  });
});
