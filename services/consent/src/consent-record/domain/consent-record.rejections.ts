import { DomainRejection } from '@waymark/event-sourcing';
import type { ConsentEvent } from './consent-record.events.js';

export type ConsentRejectionCode =
  | 'consent_not_found'
  | 'consent_already_withdrawn'
  | 'consent_missing'
  | 'invalid_validity'
  | 'invalid_witness'
  | 'clock_not_due';

const details: Record<ConsentRejectionCode, string> = {
  consent_not_found: 'There is nothing here that you may see.',
  consent_already_withdrawn: 'This consent has been withdrawn already.',
  consent_missing: 'No consent in force covers this recipient, this purpose and every data category. Ask the client.',
  invalid_validity: 'A consent ends in the future, 24 months from now at the latest.',
  invalid_witness: 'A verbal consent names who witnessed it.',
  clock_not_due: 'The clock has not come so far.',
};

/** `record`: events that go to the log all the same, because audit must see the refusal. */
export const reject = (code: ConsentRejectionCode, record: readonly ConsentEvent[] = []): never => {
  throw new DomainRejection<ConsentRejectionCode>(code, details[code], record);
};
