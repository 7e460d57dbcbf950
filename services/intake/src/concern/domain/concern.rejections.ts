import { DomainRejection } from '@waymark/event-sourcing';

export type ConcernRejectionCode =
  | 'concern_not_found'
  | 'concern_exists'
  | 'concern_not_allocated_to_you'
  | 'concern_already_allocated'
  | 'concern_not_with_that_officer'
  | 'only_supervisors_allocate'
  | 'only_supervisors_hand_over'
  | 'officer_excluded'
  | 'concern_closed'
  | 'first_response_already_given'
  | 'first_response_before_contact'
  | 'first_response_missing'
  | 'contact_in_future'
  | 'triage_missing'
  | 'guidance_missing'
  | 'person_declined'
  | 'anonymous_with_name'
  | 'client_receipt_exists'
  | 'client_holds_reporter_receipt'
  | 'receipt_missing'
  | 'link_to_itself'
  | 'link_not_settled'
  | 'concern_already_linked'
  | 'earlier_officer_excluded'
  | 'earlier_concern_under_glass'
  | 'person_erased'
  | 'reporter_is_client'
  | 'clock_not_due';

const details: Record<ConcernRejectionCode, string> = {
  concern_not_found: 'There is nothing here that you may see.',
  concern_exists: 'This concern was submitted before.',
  concern_not_allocated_to_you:
    'Take the concern first, or join the team of its case once there is one: who handles it is on record.',
  concern_already_allocated: 'Another officer has taken this concern.',
  concern_not_with_that_officer: 'That officer does not have this concern now. Look who has it.',
  only_supervisors_allocate: 'Only a supervisor gives a concern to somebody else. You can take it yourself.',
  only_supervisors_hand_over: 'Only a supervisor hands a concern over from one officer to another.',
  officer_excluded: 'This officer may not take this concern.',
  concern_closed: 'This concern has come to its end.',
  first_response_already_given: 'A first response is on record already.',
  first_response_before_contact: 'A response cannot lie before the contact.',
  first_response_missing: 'Respond to the person first.',
  contact_in_future: 'This moment lies in the future.',
  triage_missing: 'Triage the concern first.',
  guidance_missing: 'Explain the avenues and record what the person decided first.',
  person_declined:
    'They said no, or not now. When they decide otherwise, record that as guidance first: no case follows against their word.',
  anonymous_with_name: 'An anonymous concern carries no name or contact details: choose confidential or named.',
  client_receipt_exists: 'The client holds a client receipt already.',
  client_holds_reporter_receipt:
    'Whoever reported is the client, and their own receipt becomes the client receipt when the case opens. Replace it if it is lost.',
  receipt_missing: 'No such receipt was issued for this concern.',
  link_to_itself: 'This is the same client already.',
  link_not_settled: 'The link to the earlier client is being taken along. Wait a moment and try again.',
  concern_already_linked: 'This concern is linked to another client.',
  earlier_officer_excluded: 'Somebody who handles the earlier concern is shut out of this one.',
  earlier_concern_under_glass:
    'You read the earlier concern under broken glass, which ends. Who handles or supervises it can link to it.',
  person_erased: 'This person was erased. Nothing more can be written about them.',
  reporter_is_client: 'Who reported is the client, with a receipt of theirs: consent is asked for their erasure.',
  clock_not_due: 'The clock has not come so far.',
};

/** `field`: which one of the request breaks the rule, as that is named there. */
export const reject = (code: ConcernRejectionCode, field?: string): never => {
  const detail = details[code];
  throw new DomainRejection<ConcernRejectionCode>(code, field === undefined ? detail : { field, detail });
};
