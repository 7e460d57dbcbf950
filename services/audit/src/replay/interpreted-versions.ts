import type { Fact } from './fact.js';

/** The latest version of each type that the replay reads rightly, where it is not the first. */
const latest: ReadonlyMap<string, number> = new Map([
  ['FirstResponseGiven', 2],
  ['ReadingAlarmRaised', 2],
  ['CaseOpened', 2],
  ['ConcernSubmitted', 3],
  ['OfficerAssigned', 2],
  ['TeamMemberAdded', 2],
  ['TeamMemberRemoved', 2],
  ['OfficerRecused', 2],
  ['EmergencyAccessGranted', 2],
  ['EmergencyAccessReviewed', 2],
  ['CaseRequested', 2],
  ['ConcernAccepted', 2],
  ['DisclosureRecorded', 2],
  ['DisclosureRefused', 2],
  ['OverrideRequested', 2],
  ['OverrideApproved', 2],
  ['ErasureRequested', 2],
  ['ErasureCompleted', 2],
  ['FactReceived', 2],
  ['ReferralSent', 2],
  ['ReferralPackageOpened', 2],
]);

/** False for a version that this release does not know: its fields may mean something else, so they are shown and not read. */
export const isInterpreted = ({ type, schemaVersion }: Pick<Fact, 'type' | 'schemaVersion'>): boolean =>
  schemaVersion <= (latest.get(type) ?? 1);
