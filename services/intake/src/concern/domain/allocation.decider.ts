import type { DecisionContext } from '@waymark/event-sourcing';
import { namesPerson } from './account.js';
import type { CommandOf } from './concern.commands.js';
import type { ConcernEvent } from './concern.events.js';
import { reject } from './concern.rejections.js';
import type { Concern } from './concern.state.js';

/** Whoever has taken it keeps it, unless a supervisor who knows who that is hands it over: a day ends, people fall ill. */
export function allocate(
  { officerId, from }: CommandOf<'AllocateConcern'>,
  concern: Concern,
  { actor }: DecisionContext,
): readonly ConcernEvent[] {
  if (concern.officerId === officerId) return [];
  if (from !== undefined && !actor.roles.includes('supervisor')) reject('only_supervisors_hand_over');
  if (concern.officerId !== from)
    reject(from === undefined ? 'concern_already_allocated' : 'concern_not_with_that_officer');
  if (isKeptFrom(officerId, concern)) reject('officer_excluded');
  return [{ type: 'ConcernAllocated', data: { officerId } }];
}

/** Shut out, recused, or not on the team of the case that came of it. */
const isKeptFrom = (staffId: string, { account, recused, team }: Concern): boolean =>
  namesPerson(account.exclusions, staffId) || recused.includes(staffId) || team?.team.includes(staffId) === false;

/** Whoever had taken it has it no longer, so that another can. */
export function recordRecusal(
  { type: _type, ...recusal }: CommandOf<'RecordRecusal'>,
  { recused }: Concern,
): readonly ConcernEvent[] {
  return recused.includes(recusal.staffId) ? [] : [{ type: 'OfficerRecusedFromConcern', data: recusal }];
}

/**
 * Each once. What comes after something later was told changes nothing, nor does the team of another case; who has recused by it has
 * all the same.
 */
export function recordTeam(
  { changed, recused: staffId }: CommandOf<'RecordTeam'>,
  concern: Concern,
): readonly ConcernEvent[] {
  const { caseId, revision, changedAt: recusedAt } = changed;
  const isNews = !concern.team || (concern.team.caseId === caseId && concern.team.revision < revision);
  return [
    ...(isNews ? [{ type: 'TeamOfConcernChanged', data: changed } as const] : []),
    ...(staffId === undefined ? [] : recordRecusal({ type: 'RecordRecusal', staffId, caseId, recusedAt }, concern)),
  ];
}
