import { type CanActivate, type ExecutionContext, Inject, Injectable, Optional } from '@nestjs/common';
import { AccessError } from './access-error.js';
import { ACCESS_METADATA, type AccessRule } from './access-rule.js';
import { AUTHENTICATOR, type Authenticator, type RequestWithHeaders } from './authenticator.js';
import { rememberPrincipal } from './caller.js';
import { FAILED_READS, type FailedReads, isReading } from './failed-reads.js';
import { mayAsk } from './policy/door.js';
import type { Principal } from './principal.js';
import { PURPOSE_HEADER, stating } from './stated-purpose.js';

/**
 * The one guard of every route, before pipes and body validation. Refuses a route that names no action. Tells of every reading that
 * it refuses to somebody who is known.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    @Inject(AUTHENTICATOR) private readonly authenticator: Authenticator,
    @Optional() @Inject(FAILED_READS) private readonly failedReads?: FailedReads,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const rule = ruleOf(context.getHandler());
    if (!rule) throw new AccessError('role_missing');
    const request = context.switchToHttp().getRequest<RequestWithHeaders>();
    try {
      const principal = await this.admitted(request, rule);
      rememberPrincipal(request, stating(principal, request.headers[PURPOSE_HEADER]));
      return true;
    } catch (error) {
      const refused = error instanceof AccessError ? error.principal : undefined;
      if (refused && isReading(context.getHandler()))
        await this.failedReads?.tell({
          ...{ request, principal: refused, action: rule.action, outcome: 'deny', error },
        });
      throw error;
    }
  }

  private async admitted(request: RequestWithHeaders, { anonymous, action }: AccessRule): Promise<Principal> {
    const principal = anonymous ? ({ kind: 'anonymous' } as const) : await this.authenticator.authenticate(request);
    if (mayAsk(principal, action)) return principal;
    if (principal.kind === 'anonymous') throw new AccessError('token_missing');
    throw new AccessError('role_missing', { principal });
  }
}

/** The rule declared on a route's handler. */
export function ruleOf(handler: object): AccessRule | undefined {
  const rule: AccessRule | undefined = Reflect.getMetadata(ACCESS_METADATA, handler);
  return rule;
}
