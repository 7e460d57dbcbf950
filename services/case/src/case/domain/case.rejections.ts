import { DomainRejection, type RejectedField, type RejectionText } from '@waymark/event-sourcing';

export type CaseRejectionCode =
  | 'case_not_found'
  | 'caller_not_on_team'
  | 'person_shut_out'
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
  | 'open_referrals_unexplained'
  | 'access_not_needed'
  | 'emergency_access_in_force'
  | 'invalid_emergency_hours'
  | 'emergency_access_not_found'
  | 'emergency_access_reviewed'
  | 'own_emergency_access'
  | 'person_erased'
  | 'emergency_access_not_justified'
  | 'clock_not_due';

const details: Record<CaseRejectionCode, RejectionText> = {
  case_not_found: 'There is nothing here that you may see.',
  caller_not_on_team: 'Only those on the team of this case may do this.',
  person_shut_out: 'The reporter has asked that this person does not see the matter.',
  already_case_officer: 'This person is the officer of this case already.',
  already_on_team: 'This person is on the team already.',
  officer_not_removable: 'A case always has an officer: assign another one instead.',
  officer_recused: 'This person has recused from this case, for ever: choose somebody else.',
  team_member_not_found: 'This person is not on the team.',
  stage_unchanged: 'The case is at this stage already.',
  invalid_risk_levels: { field: 'levels', detail: 'Give a level for at least one risk domain.' },
  case_closed: 'This case is closed: reopen it first.',
  case_not_closed: 'This case is not closed.',
  final_risk_missing:
    'Assess risk, or say why there is no final risk level: it was never assessed, or its review is due.',
  open_referrals_unexplained: 'Referrals of this case have not ended: say of each why the case is closed all the same.',
  access_not_needed: 'You may read this case as it is: there is no glass to break.',
  emergency_access_in_force: 'You have broken the glass of this case already, and your hours are not over.',
  invalid_emergency_hours: { field: 'hours', detail: 'Say for how many hours: whole ones, four at most.' },
  emergency_access_not_found: 'There is no such emergency access to this case.',
  emergency_access_reviewed: 'This emergency access has been reviewed already.',
  own_emergency_access: 'Somebody else has to review an access that you have given yourself.',
  person_erased: 'This person was erased. Nothing more can be written about them.',
  emergency_access_not_justified:
    'Your access to this case was found not justified: ask a supervisor to bring you onto its team instead.',
  clock_not_due: 'The clock has not come so far.',
};

export const reject = (code: CaseRejectionCode, fields: readonly RejectedField[] = []): never => {
  throw new DomainRejection<CaseRejectionCode>(code, details[code], [], fields);
};
