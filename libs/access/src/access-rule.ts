import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth, ApiExtension } from '@nestjs/swagger';
import { type Role, roles } from '@waymark/contracts';
import { knownServices } from './policy/actions.js';
import type { ActionName } from './policy/decide.js';
import { mayAsk } from './policy/door.js';

/** Metadata key under which a route's rule lies on its handler. */
export const ACCESS_METADATA = 'waymark:access';

export type ReceiptRule = 'any' | 'client' | 'reporter' | 'own_record';

/** Who may ask for an action at all, as follows from the policies. What of it they get is decided when the thing is known. */
export interface AccessRule {
  readonly action: ActionName;
  /** Staff holding at least one of these. */
  readonly staff?: readonly Role[];
  /**
   * `any`: whoever holds a receipt session. `client`: only one made from a client receipt. `reporter`: only one that is not.
   * `own_record`: one made from a client receipt, or from that of who reported and is not the client.
   */
  readonly reporter?: ReceiptRule;
  /** Names of services, as in `ServicePrincipal.id`. */
  readonly service?: readonly string[];
  /** No token needed. One that comes along is not looked at: an expired session stops nobody from raising a concern. */
  readonly anonymous?: true;
}

/**
 * Names the action of a route: the policies say who may. A route without it keeps the application from starting, and so does one
 * whose action nobody may ask for. Also tells the OpenAPI.
 */
export function Access(action: ActionName): MethodDecorator {
  const rule = accessRule(action);
  if (Object.keys(rule).length === 1) throw new Error(`no policy lets anybody ask for ${action}`);
  return applyDecorators(
    SetMetadata(ACCESS_METADATA, rule),
    ...(rule.staff ? [ApiBearerAuth('staff')] : []),
    ...(rule.reporter ? [ApiBearerAuth('receipt')] : []),
    ...(rule.service ? [ApiBearerAuth('service')] : []),
    ApiExtension('x-waymark-access', { ...rule }),
  );
}

/** Who may ask for an action, found by asking the policies for everybody. */
export function accessRule(action: ActionName): AccessRule {
  const staff = roles.filter((role) => mayAsk({ kind: 'staff', id: 'somebody', roles: [role] }, action));
  const service = knownServices.filter((id) => mayAsk({ kind: 'service', id }, action));
  const receipts = receiptRule(action);
  return {
    action,
    ...(staff.length > 0 ? { staff } : {}),
    ...(receipts ? { reporter: receipts } : {}),
    ...(service.length > 0 ? { service } : {}),
    ...(mayAsk({ kind: 'anonymous' }, action) ? { anonymous: true } : {}),
  };
}

function receiptRule(action: ActionName): ReceiptRule | undefined {
  const reporter = { kind: 'reporter', id: 'somebody', concernId: 'some-concern' } as const;
  const plain = mayAsk(reporter, action);
  if (!mayAsk({ ...reporter, clientId: 'somebody' }, action)) return plain ? 'reporter' : undefined;
  if (plain) return 'any';
  return mayAsk({ ...reporter, reporterId: 'somebody' }, action) ? 'own_record' : 'client';
}
