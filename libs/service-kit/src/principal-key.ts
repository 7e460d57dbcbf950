import type { Principal } from '@waymark/access';

/** Who somebody is from one request to the next. A reporter may come in a new session: the concern, not the session, is who they are. */
export function principalKey(principal: Principal): string {
  if (principal.kind === 'anonymous') return 'anonymous';
  return principal.kind === 'reporter' ? `reporter:${principal.concernId}` : `${principal.kind}:${principal.id}`;
}
