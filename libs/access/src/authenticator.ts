import { decodeProtectedHeader } from 'jose';
import { AccessError } from './access-error.js';
import type { Principal, ReporterPrincipal, ServicePrincipal, StaffPrincipal } from './principal.js';
import { RECEIPT_TOKEN_TYPE } from './receipt-token.js';

/** As much of an HTTP request as is needed to know its caller. */
export interface RequestWithHeaders {
  readonly headers: { readonly authorization?: string; readonly 'x-purpose'?: string | string[] };
}

/** Tells who calls. Rejects with `AccessError`; without an `Authorization` header the caller is anonymous. */
export interface Authenticator {
  authenticate(request: RequestWithHeaders): Promise<Principal>;
}

/** Injection token of the `Authenticator` which the guard uses. */
export const AUTHENTICATOR = Symbol('Authenticator');

export interface Verifier<P extends Principal> {
  verify(token: string): Promise<P>;
}

/** Receipt tokens go to `receipts` (none: refused), all others to `staff`; each checks type, issuer and keys for itself. */
export function createAuthenticator(verifiers: {
  readonly staff: Verifier<StaffPrincipal | ServicePrincipal>;
  readonly receipts?: Verifier<ReporterPrincipal>;
}): Authenticator {
  return {
    async authenticate(request) {
      const header = request.headers.authorization;
      if (header === undefined) return { kind: 'anonymous' };
      const token = /^Bearer +([A-Za-z0-9\-._~+/]+=*) *$/i.exec(header)?.[1];
      if (token === undefined) throw new AccessError('token_invalid', { fault: 'malformed' });
      if (typeOf(token) !== RECEIPT_TOKEN_TYPE) return verifiers.staff.verify(token);
      if (!verifiers.receipts) throw new AccessError('token_invalid', { fault: 'type' });
      return verifiers.receipts.verify(token);
    },
  };
}

function typeOf(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).typ;
  } catch (cause) {
    throw new AccessError('token_invalid', { fault: 'malformed', cause });
  }
}
