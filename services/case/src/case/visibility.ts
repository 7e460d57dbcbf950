import {
  type ActionOn,
  decide,
  type Principal,
  purposeStatedBy,
  type Resource,
  staffRef,
  staffRefs,
  stageRef,
} from '@waymark/access';
import type { Instant } from '@waymark/event-sourcing';
import { groundOf, type MarkedCase, notFound, type ShutOutMarks } from '@waymark/service-kit';
import type { Note } from './domain/case.events.js';
import { reject } from './domain/case.rejections.js';
import type { Case, CaseState } from './domain/case.state.js';
import { emergencyAccessOf, isInForce } from './domain/emergency-access.js';

const underGlass = ({ emergencyAccesses }: Case, now: Instant) =>
  staffRefs(emergencyAccesses.filter((access) => isInForce(access, now)).map(({ staffId }) => staffId));

/** Who asks, and when: whom the reporter shut out is known by marks, so only of who asks. */
export interface Asked {
  readonly principal: Principal;
  readonly marks: ShutOutMarks;
  /** All cases of its client, by whose reporters somebody may be shut out as well. */
  readonly ofClient: readonly MarkedCase[];
  readonly now: Instant;
}

/** A case as the policies see it when this principal asks at this moment. */
export function caseResource(current: Case, { principal, marks, ofClient, now }: Asked): Resource<'Case'> {
  const { caseId, concernId, stage, team, recused, shutOut = [] } = current;
  return {
    type: 'Case',
    id: caseId,
    attributes: {
      ...{ team: staffRefs(team), recused: staffRefs(recused), underGlass: underGlass(current, now) },
      stage: stageRef(stage),
      shutOut: marks.shutOutOf([{ concernId, shutOut }], principal, ofClient),
    },
  };
}

/** The case, with what let the caller do this and, where it is known, what for: as the access log says it. */
export interface AllowedCase {
  readonly current: Case;
  readonly ground: string;
  readonly purpose?: string | undefined;
}

/** What a case is usually read for, where its stage says so. */
export const usualPurposeOf = (ground: string, { stage }: { readonly stage: string }): 'follow_up' | undefined =>
  ground === 'team' && stage === 'closed' ? 'follow_up' : undefined;

/** The case, for whoever may do this with it at this moment; for those who may not know of it, it does not exist. */
export function allowedCase(action: ActionOn<'Case'>, state: CaseState, asked: Asked): AllowedCase {
  if (state.status === 'none') throw notFound();
  const { principal, now } = asked;
  const decision = decide(principal, action, caseResource(state, asked));
  const refusal = action === 'BreakGlass' ? 'access_not_needed' : 'caller_not_on_team';
  const ground = groundOf(decision, () => reject(refusal));
  if (ground !== 'break_glass' || principal.kind !== 'staff') {
    return { current: state, ground, purpose: purposeStatedBy(principal) ?? usualPurposeOf(ground, state) };
  }
  const emergency = emergencyAccessOf(state, principal.id, now);
  if (!emergency) throw notFound();
  return { current: state, ground: `${ground}:${emergency.grantId}`, purpose: emergency.purpose };
}

/** Whether the note is for this reader at this moment. */
export function mayReadNote(principal: Principal, current: Case, note: Note, now: Instant): boolean {
  const { noteId, noteClass, authorId } = note;
  const attributes = {
    team: staffRefs(current.team),
    underGlass: underGlass(current, now),
    author: staffRef(authorId),
    // A class that was erased is absent.
    ...(noteClass ? { noteClass } : {}),
  };
  return decide(principal, 'ReadNote', { type: 'Note', id: noteId, attributes }).outcome === 'allow';
}
