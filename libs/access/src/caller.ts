import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Principal } from './principal.js';

const PRINCIPAL = Symbol.for('waymark.principal');

interface KnownRequest {
  [PRINCIPAL]?: Principal;
}

/** Remembers on a request who sent it. For the guard. */
export function rememberPrincipal(request: object, principal: Principal): void {
  (request as KnownRequest)[PRINCIPAL] = principal;
}

/** Who sent this request, once the guard has let it in. */
export function principalOf(request: object): Principal {
  const principal = (request as KnownRequest)[PRINCIPAL];
  if (!principal) throw new Error('the access guard has not seen this request');
  return principal;
}

/** The `Principal` that calls, as a parameter of a route's handler. */
export const Caller = createParamDecorator((_data: undefined, context: ExecutionContext): Principal =>
  principalOf(context.switchToHttp().getRequest<object>()),
);
