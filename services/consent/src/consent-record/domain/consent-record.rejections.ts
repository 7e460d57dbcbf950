import { DomainRejection } from '@waymark/event-sourcing';
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
  | 'legal_hold_not_found'
  | 'legal_hold_stands'
  | 'approver_is_requester';

const details: Record<ConsentRejectionCode, string> = {
  consent_not_found: 'There is nothing here that you may see.',
  consent_already_withdrawn: 'This consent has been withdrawn already.',
  consent_missing: 'No consent in force covers this recipient, this purpose and every data category. Ask the client.',
  invalid_validity: 'A consent ends in the future, 24 months from now at the latest.',
  invalid_witness: 'A verbal consent names who witnessed it.',
  clock_not_due: 'The clock has not come so far.',
  person_erased: 'This person was erased. Nothing more can be written about them.',
  erasure_under_way: 'This person is being erased.',
  erasure_already_requested: 'The erasure has been requested already.',
  erasure_not_found: 'There is nothing here that you may see.',
  legal_hold_not_found: 'There is nothing here that you may see.',
  legal_hold_stands: 'Somebody is obliged to keep this for now: lift the legal hold first.',
  approver_is_requester: 'An erasure is approved by another person than the one who asked for it.',
};

/** `record`: events that go to the log all the same, because audit must see the refusal. */
export const reject = (code: ConsentRejectionCode, record: readonly ConsentEvent[] = []): never => {
  throw new DomainRejection<ConsentRejectionCode>(code, details[code], record);
};
