import type { DecisionContext } from '@waymark/event-sourcing';
import { namesPerson } from './account.js';
import type { CommandOf } from './concern.commands.js';
import type { ConcernEvent } from './concern.events.js';
import { reject } from './concern.rejections.js';
import type { Concern } from './concern.state.js';
import { handledBy } from './handled-by.js';

/** Of one who is linked already it changes nothing; only a link that was refused makes room for another. */
export function link(
  { earlier }: CommandOf<'LinkConcernToClient'>,
  concern: Concern,
  context: DecisionContext,
): readonly ConcernEvent[] {
  handledBy(concern, context);
  const { clientId, link: before, account } = concern;
  if (earlier.concernId === concern.concernId || earlier.clientId === clientId) reject('link_to_itself');
  if (before && before.outcome !== 'refused')
    return before.earlierClientId === earlier.clientId ? [] : reject('concern_already_linked');
  if (earlier.erased || concern.erased.includes('client')) reject('person_erased');
  if (earlier.handlers.some((id) => namesPerson(account.exclusions, id))) reject('earlier_officer_excluded');
  const linkId = context.eventIdAt(0);
  const earlierIds = { earlierClientId: earlier.clientId, earlierConcernId: earlier.concernId };
  return [{ type: 'ConcernLinkedToClient', data: { linkId, clientId, ...earlierIds } }];
}

/** A case has to be told only if there is one that was opened for the client before the link. */
export function requestLink({ linkId, of }: CommandOf<'RequestClientLink'>, concern: Concern): readonly ConcernEvent[] {
  const { link: current, clientId, acceptedFor } = concern;
  if (current?.linkId !== linkId) return [];
  const { earlierClientId } = current;
  if (of === 'case' && (acceptedFor === undefined || acceptedFor === earlierClientId)) return [];
  return [{ type: 'ClientLinkRequested', data: { linkId, clientId, earlierClientId, of } }];
}

export function settleLink(
  { linkId, outcome }: CommandOf<'SettleClientLink'>,
  concern: Concern,
): readonly ConcernEvent[] {
  const { link: current, clientId } = concern;
  if (current?.linkId !== linkId || current.outcome !== undefined) return [];
  return [{ type: 'ClientLinkSettled', data: { linkId, clientId, earlierClientId: current.earlierClientId, outcome } }];
}
