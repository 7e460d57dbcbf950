import type { DecisionContext } from '@waymark/event-sourcing';
import type { CommandOf } from './concern.commands.js';
import type { ConcernEvent } from './concern.events.js';
import { reject } from './concern.rejections.js';
import type { Concern } from './concern.state.js';
import { handledBy } from './handled-by.js';

/** Once, and only of somebody who is not the client. Whom they shut out is noted for the client, whose texts stay. */
export function requestReporterErasure(
  { way, shutOut }: CommandOf<'RequestReporterErasure'>,
  concern: Concern,
  context: DecisionContext,
): readonly ConcernEvent[] {
  if (way !== 'receipt') handledBy(concern, context);
  const { clientId, reporterId, erased, account } = concern;
  if (reporterId === clientId) reject('reporter_is_client');
  if (erased.includes('reporter')) reject('person_erased');
  if (concern.reporterErasureRequested) reject('erasure_already_requested');
  const { exclusions } = account;
  const asked = { clientId, reporterId, way, requestedBy: context.actor.id };
  return [
    {
      type: 'ReporterErasureRequested',
      data: {
        ...asked,
        ...(shutOut.length > 0 ? { shutOut: [...shutOut] } : {}),
        ...(exclusions && !erased.includes('client') ? { exclusions } : {}),
      },
    },
  ];
}

/** One person may be both: a client who has reported themself. */
export function erase({ personId, erasureId }: CommandOf<'ErasePerson'>, concern: Concern): readonly ConcernEvent[] {
  const ids = { client: concern.clientId, reporter: concern.reporterId };
  const persons = (['client', 'reporter'] as const).filter(
    (person) => ids[person] === personId && !concern.erased.includes(person),
  );
  return persons.length === 0 ? [] : [{ type: 'PersonErased', data: { erasureId, persons } }];
}
