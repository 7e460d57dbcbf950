import type { Fact } from '../fact.js';
import { textIn } from '../fields.js';
import { isInterpreted } from '../interpreted-versions.js';
import { disclosuresUnderConsent, overridesByTwoPersons, referralsCiteDisclosures } from './disclosures.js';
import { examine, type Examined, repetitions } from './finding.js';

export const historyChecks = [
  'disclosure_under_consent',
  'override_by_two_persons',
  'referral_cites_disclosure',
  'overdue_once',
  'escalated_once_per_level',
  'one_case_per_concern',
  'read_has_ground',
  'version_known',
] as const;
export type HistoryCheck = (typeof historyChecks)[number];

/** Replays a history, which is in the order of the log, against what must hold in any. */
export function checkHistory(facts: readonly Fact[]): Readonly<Record<HistoryCheck, Examined>> {
  // What cannot be read rightly is not judged by its fields, but by the last check.
  const read = facts.filter(isInterpreted);
  const ofType = (type: string) => read.filter((fact) => fact.type === type);
  return {
    disclosure_under_consent: disclosuresUnderConsent(read),
    override_by_two_persons: overridesByTwoPersons(read),
    referral_cites_disclosure: referralsCiteDisclosures(read),
    overdue_once: repetitions(ofType('FirstResponseOverdue'), ({ stream }) => stream),
    escalated_once_per_level: repetitions(
      ofType('ConcernEscalated'),
      ({ stream, data }) => `${stream} ${textIn(data, 'to')}`,
    ),
    // A case that was opened directly has no concern to be once for.
    one_case_per_concern: repetitions(ofType('CaseOpened'), ({ stream, data }) => textIn(data, 'concernId') ?? stream),
    read_has_ground: examine(ofType('ClientDataRead'), ({ data }) =>
      textIn(data, 'ground') ? undefined : 'ground_missing',
    ),
    version_known: examine(facts, (fact) => (isInterpreted(fact) ? undefined : 'version_unknown')),
  };
}
