import type { Principal } from '@waymark/access';
import { notFound } from '@waymark/service-kit';
import type { Note } from './domain/case.events.js';
import type { Case, CaseState } from './domain/case.state.js';

/** The case, for its team and for supervisors; anybody else gets what a missing one gives. */
export function visibleTo(
  principal: Principal,
  state: CaseState,
): { readonly current: Case; readonly ground: 'team' | 'supervisor' } {
  if (state.status === 'none' || principal.kind !== 'staff') throw notFound();
  if (state.team.includes(principal.id)) return { current: state, ground: 'team' };
  if (principal.roles.includes('supervisor')) return { current: state, ground: 'supervisor' };
  throw notFound();
}

/** What is clinical is for its author and for clinicians. A note whose class was erased counts as clinical. */
export function mayReadNote(principal: Principal, { noteClass, authorId }: Note): boolean {
  if (principal.kind !== 'staff') return false;
  if (noteClass === 'administrative' || noteClass === 'psychosocial') return true;
  return authorId === principal.id || principal.roles.includes('clinician');
}
