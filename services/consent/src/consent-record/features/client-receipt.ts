import type { Principal } from '@waymark/access';
import { notFound } from '@waymark/service-kit';

/** Whose receipt it is; a receipt of somebody who is not the client opens nothing here. */
export function clientIdOf(caller: Principal): string {
  if (caller.kind !== 'reporter' || caller.clientId === undefined) throw notFound();
  return caller.clientId;
}

/** The same, where whoever reported has a record under their own id: they asked intake. */
export function personIdOf(caller: Principal): string {
  if (caller.kind !== 'reporter') throw notFound();
  return caller.reporterId ?? clientIdOf(caller);
}
