import type { Actor } from '@waymark/event-sourcing';
import type { Principal } from './principal.js';

/** The caller as the domain and the log know them. Whoever has not shown anything is a reporter without a session. */
export function actorOf(principal: Principal): Actor {
  switch (principal.kind) {
    case 'staff':
      return {
        kind: 'staff',
        id: principal.id,
        roles: principal.roles,
        ...(principal.unit === undefined ? {} : { unit: principal.unit }),
      };
    case 'reporter':
      return { kind: 'reporter', id: principal.id, roles: [] };
    case 'service':
      return { kind: 'service', id: principal.id, roles: [] };
    case 'anonymous':
      return { kind: 'reporter', id: 'anonymous', roles: [] };
  }
}
