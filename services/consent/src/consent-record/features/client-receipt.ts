import type { Principal } from '@waymark/access';
import { notFound } from '@waymark/service-kit';

/** Whose receipt it is; a receipt of somebody who is not the client opens nothing here. */
export function clientIdOf(caller: Principal): string {
  if (caller.kind !== 'reporter' || caller.clientId === undefined) throw notFound();
  return caller.clientId;
}

/** The same, where somebody who reported and is not the client has a record of their own. */
export function personIdOf(caller: Principal): string {
  if (caller.kind !== 'reporter') throw notFound();
  return caller.reporterId ?? clientIdOf(caller);
}
