import { type ActionOn, decide, type Principal, type Resource, staffRef, staffRefs } from '@waymark/access';
import { groundOf, notFound } from '@waymark/service-kit';
import type { Note } from './domain/case.events.js';
import { reject } from './domain/case.rejections.js';
import type { Case, CaseState } from './domain/case.state.js';

/** A case as the policies see it. */
export const caseResource = ({ caseId, team, recused }: Case): Resource<'Case'> => ({
  type: 'Case',
  id: caseId,
  attributes: { team: staffRefs(team), recused: staffRefs(recused) },
});

/** The case, for whoever may do this with it, and what let them; for those who may not know of it, it does not exist. */
export function allowedCase(
  principal: Principal,
  action: ActionOn<'Case'>,
  state: CaseState,
): { readonly current: Case; readonly ground: string } {
  if (state.status === 'none') throw notFound();
  const decision = decide(principal, action, caseResource(state));
  return { current: state, ground: groundOf(decision, () => reject('caller_not_on_team')) };
}

/** Whether the note is for this reader. */
export function mayReadNote(principal: Principal, { team }: Case, { noteId, noteClass, authorId }: Note): boolean {
  const attributes = {
    team: staffRefs(team),
    author: staffRef(authorId),
    // A class that was erased is absent.
    ...(noteClass ? { noteClass } : {}),
  };
  return decide(principal, 'ReadNote', { type: 'Note', id: noteId, attributes }).outcome === 'allow';
}
