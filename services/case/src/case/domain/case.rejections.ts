import { DomainRejection } from '@waymark/event-sourcing';

export type CaseRejectionCode =
  | 'case_not_found'
  | 'caller_not_on_team'
  | 'already_case_officer'
  | 'already_on_team'
  | 'officer_not_removable'
  | 'officer_recused'
  | 'team_member_not_found'
  | 'stage_unchanged'
  | 'invalid_risk_levels'
  | 'case_closed'
  | 'case_not_closed'
  | 'final_risk_missing'
  | 'open_referrals_unexplained';

const details: Record<CaseRejectionCode, string> = {
  case_not_found: 'There is nothing here that you may see.',
  caller_not_on_team: 'Only those on the team of this case may do this.',
  already_case_officer: 'This person is the officer of this case already.',
  already_on_team: 'This person is on the team already.',
  officer_not_removable: 'A case always has an officer: assign another one instead.',
  officer_recused: 'This person has recused from this case, for ever: choose somebody else.',
  team_member_not_found: 'This person is not on the team.',
  stage_unchanged: 'The case is at this stage already.',
  invalid_risk_levels: 'Give a level for at least one risk domain.',
  case_closed: 'This case is closed: reopen it first.',
  case_not_closed: 'This case is not closed.',
  final_risk_missing:
    'Assess risk, or say why there is no final risk level: it was never assessed, or its review is due.',
  open_referrals_unexplained: 'Referrals of this case have not ended: say of each why the case is closed all the same.',
};

export const reject = (code: CaseRejectionCode): never => {
  throw new DomainRejection<CaseRejectionCode>(code, details[code]);
};
