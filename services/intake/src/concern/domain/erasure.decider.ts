import { personsOfConcern } from '@waymark/contracts';
import type { DecisionContext } from '@waymark/event-sourcing';
import type { CommandOf } from './concern.commands.js';
import type { ConcernEvent } from './concern.events.js';
import { reject } from './concern.rejections.js';
import type { Concern } from './concern.state.js';
import { handledBy } from './handled-by.js';
import { isOfClient } from './whose-receipt.js';

/**
 * Of whoever reported, the client too as long as their receipt is not a client's, with which they ask consent itself. May be asked for
 * again: consent may have declined it, and drops what it has. Whom they shut out is noted for the client, whose texts stay.
 */
export function requestReporterErasure(
  { way, shutOut }: CommandOf<'RequestReporterErasure'>,
  concern: Concern,
  context: DecisionContext,
): readonly ConcernEvent[] {
  if (way !== 'receipt') handledBy(concern, context);
  const { clientId, reporterId, erased } = concern;
  if (reporterId === clientId && isOfClient('reporter', concern)) reject('reporter_is_client');
  if (erased.includes('reporter')) reject('person_erased');
  const asked = { clientId, reporterId, way, requestedBy: context.actor.id };
  return [{ type: 'ReporterErasureRequested', data: { ...asked, ...whoIsShutOut(shutOut, concern) } }];
}

/**
 * Of everybody whose texts are left; where a case followed of whoever reported only, since the client's go by the rule of their
 * cases. Nothing follows when nobody is left.
 */
export function endRetention({ shutOut }: CommandOf<'EndRetention'>, concern: Concern): readonly ConcernEvent[] {
  const { clientId, reporterId, status, erased } = concern;
  const apart = reporterId !== clientId;
  const of = personsOfConcern.filter((person) =>
    person === 'client' ? status !== 'accepted' && !erased.includes('client') : apart && !erased.includes('reporter'),
  );
  if (of.length === 0) return [];
  const kept = of.includes('reporter') ? whoIsShutOut(shutOut, concern) : marksOf(shutOut);
  return [{ type: 'RetentionEnded', data: { clientId, reporterId, of, ...kept } }];
}

/** Somebody is there again of whom consent was told that they have been kept for long enough. */
export function resumeRetention({ clientId, reporterId, retentionEnded }: Concern): readonly ConcernEvent[] {
  if (!retentionEnded) return [];
  return [{ type: 'RetentionResumed', data: { clientId, reporterId, of: [...retentionEnded] } }];
}

const marksOf = (shutOut: readonly string[]) => (shutOut.length > 0 ? { shutOut: [...shutOut] } : {});

/** For the client, where that is somebody else, whose texts stay when the reporter's key is gone. */
const whoIsShutOut = (
  shutOut: readonly string[],
  { clientId, reporterId, account: { exclusions }, erased }: Concern,
) => ({
  ...marksOf(shutOut),
  ...(exclusions && clientId !== reporterId && !erased.includes('client') ? { exclusions } : {}),
});

/** One person may be both: a client who has reported themself. */
export function erase({ personId, erasureId }: CommandOf<'ErasePerson'>, concern: Concern): readonly ConcernEvent[] {
  const ids = { client: concern.clientId, reporter: concern.reporterId };
  const persons = personsOfConcern.filter((person) => ids[person] === personId && !concern.erased.includes(person));
  return persons.length === 0 ? [] : [{ type: 'PersonErased', data: { erasureId, persons } }];
}
