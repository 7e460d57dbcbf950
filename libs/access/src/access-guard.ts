import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { AccessError } from './access-error.js';
import { ACCESS_METADATA, type AccessRule } from './access-rule.js';
import { AUTHENTICATOR, type Authenticator, type RequestWithHeaders } from './authenticator.js';
import { rememberPrincipal } from './caller.js';
import { mayAsk } from './policy/door.js';
import { PURPOSE_HEADER, stating } from './stated-purpose.js';

/** The one guard of every route, before pipes and body validation. Refuses a route that names no action. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(@Inject(AUTHENTICATOR) private readonly authenticator: Authenticator) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const rule = ruleOf(context.getHandler());
    if (!rule) throw new AccessError('role_missing');
    const request = context.switchToHttp().getRequest<RequestWithHeaders>();
    const principal = rule.anonymous
      ? ({ kind: 'anonymous' } as const)
      : await this.authenticator.authenticate(request);
    if (!mayAsk(principal, rule.action))
      throw new AccessError(principal.kind === 'anonymous' ? 'token_missing' : 'role_missing');
    rememberPrincipal(request, stating(principal, request.headers[PURPOSE_HEADER]));
    return true;
  }
}

/** The rule declared on a route's handler. */
export function ruleOf(handler: object): AccessRule | undefined {
  const rule: AccessRule | undefined = Reflect.getMetadata(ACCESS_METADATA, handler);
  return rule;
}
