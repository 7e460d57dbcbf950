import { statedPurposes } from '@waymark/contracts';
import type { Principal } from './principal.js';

export type AccessErrorCode =
  | 'token_missing'
  | 'token_invalid'
  | 'token_expired'
  | 'second_factor_missing'
  | 'role_missing'
  | 'purpose_unknown'
  | 'purpose_not_allowed'
  | 'identity_unreachable';

/** What exactly was wrong with a token: for logs and tests. Never told to the caller, who could learn from it. */
export type TokenFault =
  | 'malformed'
  | 'type'
  | 'algorithm'
  | 'key_unknown'
  | 'signature'
  | 'issuer'
  | 'audience'
  | 'time'
  | 'claims'
  | 'revoked';

const statuses = {
  token_missing: 401,
  token_invalid: 401,
  token_expired: 401,
  second_factor_missing: 401,
  role_missing: 403,
  purpose_unknown: 400,
  purpose_not_allowed: 403,
  identity_unreachable: 503,
} as const satisfies Record<AccessErrorCode, 400 | 401 | 403 | 503>;

const details: Record<AccessErrorCode, string> = {
  token_missing: 'A bearer token is needed here.',
  token_invalid: 'The bearer token is not valid here.',
  token_expired: 'The bearer token has expired.',
  second_factor_missing: 'Sign in with a second factor.',
  role_missing: 'You are known, but none of your roles may do this.',
  purpose_unknown: `X-Purpose takes one of: ${statedPurposes.join(', ')}.`,
  purpose_not_allowed: 'You may see this, but not for the purpose that you state.',
  identity_unreachable: 'The identity provider cannot be reached; nothing was decided about the token.',
};

/**
 * Why somebody was not let in. `message` may go out as the detail of a problem; `fault` and `cause` may not.
 * Never holds a token.
 */
export class AccessError extends Error {
  override readonly name = 'AccessError';
  readonly status: 400 | 401 | 403 | 503;
  readonly fault?: TokenFault;
  /** Who was not let in, where a good token told; for the access log. */
  readonly principal?: Principal;

  constructor(
    readonly code: AccessErrorCode,
    options: { readonly fault?: TokenFault; readonly principal?: Principal; readonly cause?: unknown } = {},
  ) {
    super(details[code], { cause: options.cause });
    this.status = statuses[code];
    this.fault = options.fault;
    this.principal = options.principal;
  }

  /** Value of `WWW-Authenticate` (RFC 6750, and RFC 9470 for a missing second factor) for a 401, or nothing. */
  get challenge(): string | undefined {
    if (this.status !== 401) return undefined;
    if (this.code === 'token_missing') return 'Bearer';
    const error = this.code === 'second_factor_missing' ? 'insufficient_user_authentication' : 'invalid_token';
    return `Bearer error="${error}"`;
  }
}
