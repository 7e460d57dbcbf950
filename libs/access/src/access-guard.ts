import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { AccessError } from './access-error.js';
import { ACCESS_METADATA, enforce, needsLook, type AccessRule } from './access-rule.js';
import { AUTHENTICATOR, type Authenticator, type RequestWithHeaders } from './authenticator.js';
import { rememberPrincipal } from './caller.js';

/** The one guard of every route, before pipes and body validation. Refuses a route that declares no rule. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(@Inject(AUTHENTICATOR) private readonly authenticator: Authenticator) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const rule = ruleOf(context.getHandler());
    if (!rule) throw new AccessError('role_missing');
    const request = context.switchToHttp().getRequest<RequestWithHeaders>();
    const principal = needsLook(rule)
      ? await this.authenticator.authenticate(request)
      : ({ kind: 'anonymous' } as const);
    enforce(rule, principal);
    rememberPrincipal(request, principal);
    return true;
  }
}

/** The rule declared on a route's handler. */
export function ruleOf(handler: object): AccessRule | undefined {
  const rule: AccessRule | undefined = Reflect.getMetadata(ACCESS_METADATA, handler);
  return rule;
}
