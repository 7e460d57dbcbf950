import type { DecisionContext } from '@waymark/event-sourcing';
import { reject } from './concern.rejections.js';
import type { Concern } from './concern.state.js';

/** Until there is a case whoever has taken the concern, and from then on the team of the case. */
export function handlersOf({ team, officerId }: Concern): readonly string[] {
  if (team) return team.team;
  return officerId === undefined ? [] : [officerId];
}

/** Only they handle the concern. */
export const handledBy = (concern: Concern, { actor }: DecisionContext): string =>
  handlersOf(concern).includes(actor.id) ? actor.id : reject('concern_not_allocated_to_you');
