import { DomainRejection, type RejectionText } from '@waymark/event-sourcing';
import type { ConsentEvent } from './consent-record.events.js';

export type ConsentRejectionCode =
  | 'consent_not_found'
  | 'consent_already_withdrawn'
  | 'consent_missing'
  | 'invalid_validity'
  | 'invalid_witness'
  | 'clock_not_due'
  | 'person_erased'
  | 'erasure_under_way'
  | 'erasure_already_requested'
  | 'erasure_not_found'
  | 'erasure_no_longer_due'
  | 'legal_hold_not_found'
  | 'legal_hold_stands'
  | 'approver_is_requester'
  | 'override_not_found'
  | 'override_already_approved'
  | 'override_not_approved'
  | 'override_over'
  | 'requester_is_out'
  | 'client_said_no'
  | 'cannot_be_asked_unconfirmed'
  | 'invalid_override_validity'
  | 'invalid_delay'
  | 'invalid_informed_at'
  | 'client_already_informed';

const details: Record<ConsentRejectionCode, RejectionText> = {
  consent_not_found: 'There is nothing here that you may see.',
  consent_already_withdrawn: 'This consent has been withdrawn already.',
  consent_missing: 'No consent in force covers this recipient, this purpose and every data category. Ask the client.',
  invalid_validity: { field: 'validUntil', detail: 'A consent ends in the future, 24 months from now at the latest.' },
  invalid_witness: { field: 'witnessedBy', detail: 'A verbal consent names who witnessed it.' },
  clock_not_due: 'The clock has not come so far.',
  person_erased: 'This person was erased. Nothing more can be written about them.',
  erasure_under_way: 'This person is being erased.',
  erasure_already_requested: 'The erasure has been requested already.',
  erasure_not_found: 'There is nothing here that you may see.',
  erasure_no_longer_due:
    'The retention rule asked for this, and the person has come again since: the request has lapsed.',
  legal_hold_not_found: 'There is nothing here that you may see.',
  legal_hold_stands: 'Somebody is obliged to keep this for now: lift the legal hold first.',
  approver_is_requester: 'This is decided by another person than the one who asked for it.',
  override_not_found: 'There is nothing here that you may see.',
  override_already_approved: 'This override has been approved already.',
  override_not_approved: 'This override has not been approved: there is nothing yet that the client has to be told of.',
  override_over:
    'This override is over: its time has passed, the client has decided since, or somebody has declined or ended it.',
  requester_is_out:
    'Whoever asked for this has recused since, or may have no part in the case: decline it, and let somebody else ask.',
  client_said_no:
    'The client has said no to this. A vital interest stands in only for somebody who cannot be asked: say why they cannot be asked any more (`cannotBeAsked`).',
  cannot_be_asked_unconfirmed:
    'Whoever approves says why the client cannot be asked as well (`cannotBeAsked`), and agrees with the one who asked.',
  invalid_override_validity: {
    field: 'validUntil',
    detail: 'An override ends within 7 days; on a legal obligation within 183 days.',
  },
  invalid_delay: { field: 'informBy', detail: 'Telling the client is put off for 30 days at most, into the future.' },
  invalid_informed_at: {
    field: 'informedAt',
    detail: 'The client was told after the override was requested, and not in the future.',
  },
  client_already_informed: 'It has been recorded already how the client was told.',
};

/** `record`: events that go to the log all the same, because audit must see the refusal. */
export const reject = (code: ConsentRejectionCode, record: readonly ConsentEvent[] = []): never => {
  throw new DomainRejection<ConsentRejectionCode>(code, details[code], record);
};
