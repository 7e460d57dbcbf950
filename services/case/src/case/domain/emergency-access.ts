import { type DecisionContext, type Instant, isBefore, plusHours } from '@waymark/event-sourcing';
import type { CommandOf } from './case.commands.js';
import type { CaseEvent } from './case.events.js';
import { reject } from './case.rejections.js';
import type { Case, EmergencyAccess } from './case.state.js';

export const mostEmergencyHours = 4;
/** By when somebody has looked at an emergency access, counted from when the glass was broken. */
const hoursUntilReviewed = 72;

/** What lets somebody read the case at this moment though it is not theirs. A review ends it before its hour. */
export const emergencyAccessOf = (
  { emergencyAccesses }: Case,
  staffId: string,
  now: Instant,
): EmergencyAccess | undefined =>
  emergencyAccesses.find((access) => access.staffId === staffId && isInForce(access, now));

export const isInForce = ({ endsAt, review }: EmergencyAccess, now: Instant): boolean =>
  review === undefined && isBefore(now, endsAt);

export function breakGlass(
  { purpose, reason, hours }: CommandOf<'BreakGlass'>,
  current: Case,
  { actor, now, eventIdAt }: DecisionContext,
): readonly CaseEvent[] {
  if (!Number.isInteger(hours) || hours < 1 || hours > mostEmergencyHours) reject('invalid_emergency_hours');
  if (current.team.includes(actor.id) && !onlyClinician(actor)) reject('access_not_needed');
  if (emergencyAccessOf(current, actor.id, now)) reject('emergency_access_in_force');
  if (wasNotJustified(current, actor.id)) reject('emergency_access_not_justified');
  return [
    {
      type: 'EmergencyAccessGranted',
      data: {
        concernId: current.concernId,
        clientId: current.clientId,
        grantId: eventIdAt(0),
        staffId: actor.id,
        purpose,
        reason,
        grantedAt: now,
        endsAt: plusHours(now, hours),
        reviewDueAt: plusHours(now, hoursUntilReviewed),
      },
    },
  ];
}

/** Somebody else has found so once: from then on a supervisor lets them in, by bringing them onto the team, and not they themselves. */
const wasNotJustified = ({ emergencyAccesses }: Case, id: string): boolean =>
  emergencyAccesses.some(({ staffId, review }) => staffId === id && review?.outcome === 'not_justified');

/** Who on the team may not read the concern, which the glass opens as well. */
const onlyClinician = ({ roles }: DecisionContext['actor']): boolean =>
  roles.includes('clinician') && !roles.includes('officer') && !roles.includes('supervisor');

/** Once, and not by whoever broke the glass. */
export function reviewEmergencyAccess(
  { grantId, outcome, findings, clientErased }: CommandOf<'ReviewEmergencyAccess'>,
  current: Case,
  { actor, now }: DecisionContext,
): readonly CaseEvent[] {
  const access = granted(current, grantId);
  if (access.staffId === actor.id) reject('own_emergency_access');
  if (access.review) reject('emergency_access_reviewed');
  const { concernId, clientId } = current;
  const found = clientErased ? { outcome } : { outcome, findings };
  return [
    {
      type: 'EmergencyAccessReviewed',
      data: { concernId, clientId, grantId, ...found, reviewedBy: actor.id, reviewedAt: now },
    },
  ];
}

/** Once; nothing follows for one that was reviewed in the meantime. */
export function markEmergencyReviewOverdue(
  { grantId }: CommandOf<'MarkEmergencyReviewOverdue'>,
  current: Case,
  { now }: DecisionContext,
): readonly CaseEvent[] {
  const { review, overdue, reviewDueAt } = granted(current, grantId);
  if (isBefore(now, reviewDueAt)) reject('clock_not_due');
  if (review || overdue) return [];
  return [{ type: 'EmergencyReviewOverdue', data: { clientId: current.clientId, grantId, dueAt: reviewDueAt } }];
}

const granted = ({ emergencyAccesses }: Case, grantId: string): EmergencyAccess =>
  emergencyAccesses.find((access) => access.grantId === grantId) ?? reject('emergency_access_not_found');
