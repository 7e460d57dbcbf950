import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth, ApiExtension, ApiSecurity } from '@nestjs/swagger';
import type { Role } from '@waymark/contracts';
import { AccessError } from './access-error.js';
import type { Principal } from './principal.js';

/** Metadata key under which a route's rule lies on its handler. */
export const ACCESS_METADATA = 'waymark:access';

/**
 * Who may call a route at all. What of it they may see (own cases, own unit, own concern) is decided further in, where a refusal
 * must look like absence.
 */
export interface AccessRule {
  /** Name of the command or query in the domain's language, such as `TriageConcern`. */
  readonly action: string;
  /** Staff holding at least one of these. */
  readonly staff?: readonly Role[];
  /** `any`: whoever holds a receipt session. `client`: only one made from a client receipt. */
  readonly reporter?: 'any' | 'client';
  /** Names of services, as in `ServicePrincipal.id`. */
  readonly service?: readonly string[];
  /**
   * No token needed. Alone, a token that comes along is not even looked at, so that an expired session cannot stop anybody from
   * raising a concern. With others, a token that comes along must be good.
   */
  readonly anonymous?: true;
}

/** Declares who may call a route; a route without it keeps the application from starting. Also tells the OpenAPI. */
export function Access(rule: AccessRule): MethodDecorator {
  if (!rule.staff?.length && !rule.reporter && !rule.service?.length && !rule.anonymous) {
    throw new Error(`the access rule of ${rule.action} lets nobody in`);
  }
  return applyDecorators(
    SetMetadata(ACCESS_METADATA, rule),
    ...(rule.anonymous && needsLook(rule) ? [ApiSecurity({})] : []),
    ...(rule.staff ? [ApiBearerAuth('staff')] : []),
    ...(rule.reporter ? [ApiBearerAuth('receipt')] : []),
    ...(rule.service ? [ApiBearerAuth('service')] : []),
    ApiExtension('x-waymark-access', { ...rule }),
  );
}

/** False when the rule is for anonymous callers alone. */
export const needsLook = (rule: AccessRule): boolean =>
  Boolean(rule.staff?.length || rule.reporter || rule.service?.length);

/** True when the rule lets this kind of caller in. */
export function permits(rule: AccessRule, principal: Principal): boolean {
  switch (principal.kind) {
    case 'staff':
      return principal.roles.some((role) => rule.staff?.includes(role) ?? false);
    case 'reporter':
      return rule.reporter === 'any' || (rule.reporter === 'client' && principal.clientId !== undefined);
    case 'service':
      return rule.service?.includes(principal.id) ?? false;
    case 'anonymous':
      return rule.anonymous === true;
  }
}

/** Throws `role_missing`, or `token_missing` for an anonymous caller, when the rule does not let the caller in. */
export function enforce(rule: AccessRule, principal: Principal): void {
  if (permits(rule, principal)) return;
  throw new AccessError(principal.kind === 'anonymous' ? 'token_missing' : 'role_missing');
}
