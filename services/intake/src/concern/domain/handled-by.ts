import type { DecisionContext } from '@waymark/event-sourcing';
import { reject } from './concern.rejections.js';
import type { Concern } from './concern.state.js';

/** Only the officer who has taken the concern handles it. */
export function handledBy(concern: Concern, { actor }: DecisionContext): string {
  if (concern.officerId === undefined || concern.officerId !== actor.id) return reject('concern_not_allocated_to_you');
  return concern.officerId;
}
