import { createRemoteJWKSet, jwtVerify, type JWTVerifyGetKey } from 'jose';
import { AccessError } from './access-error.js';
import type { Verifier } from './authenticator.js';
import { defaultClaims, principalFrom, signedInWith, type ClaimsMapping } from './claims.js';
import { dateOf, type Clock } from './clock.js';
import { createDiscovery } from './discovery.js';
import type { ServicePrincipal, StaffPrincipal } from './principal.js';
import type { Revocations } from './revocations.js';
import { asAccessError, isTokensFault } from './token-faults.js';

export interface TokenVerifierOptions {
  /** Exactly as in the tokens' `iss`. */
  readonly issuer: string;
  readonly audience: string;
  /** Where the issuer is asked about itself, when its own address does not lead there from here. */
  readonly issuerAddress?: string;
  /** Where the keys are; asked of the issuer when missing. */
  readonly jwksUri?: string;
  /** Asymmetric algorithms only. */
  readonly algorithms?: readonly string[];
  readonly clockToleranceSeconds?: number;
  /** `typ` headers that are access tokens. Add `JWT` for an issuer that does not follow RFC 9068, such as Keycloak by default. */
  readonly tokenTypes?: readonly string[];
  readonly claims?: Partial<ClaimsMapping>;
  /** A person must have signed in with one of these, as the issuer names them; not asked for when missing. */
  readonly secondFactors?: readonly string[];
  /** An unknown key id makes the keys be fetched again, at most once in this time. */
  readonly jwksCooldownSeconds?: number;
  /** So long after its issue a token is taken at most, whatever it says itself; 300 unless given. */
  readonly longestSeconds?: number;
  /** Asked for every person; who is revoked is refused. */
  readonly revocations?: Revocations;
  readonly clock?: Clock;
}

export type TokenVerifier = Verifier<StaffPrincipal | ServicePrincipal>;

/**
 * Checks access tokens of one OIDC issuer: type, algorithm, signature, issuer, audience, times. Keys come from the issuer, are
 * cached for 10 minutes, and a new key id is fetched when first seen. `verify` rejects with `AccessError`: 401 for a bad token, or
 * one without the second factor that is asked for, 403 for a good one without a role here, 503 when the keys cannot be had.
 */
export function createTokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  const algorithms = [...(options.algorithms ?? ['RS256', 'ES256'])];
  const symmetric = algorithms.filter((algorithm) => algorithm === 'none' || algorithm.startsWith('HS'));
  if (symmetric.length > 0) throw new Error(`access tokens cannot be trusted under ${symmetric.join(', ')}`);
  const tokenTypes = (options.tokenTypes ?? ['at+jwt']).map(normalType);
  const claims = { ...defaultClaims, ...options.claims };
  const keys = issuerKeys(options);
  const { secondFactors } = options;

  return {
    async verify(token) {
      try {
        const { payload, protectedHeader } = await jwtVerify(token, keys, {
          algorithms,
          issuer: options.issuer,
          audience: options.audience,
          clockTolerance: options.clockToleranceSeconds ?? 5,
          requiredClaims: ['exp', 'iat', 'sub'],
          maxTokenAge: options.longestSeconds ?? 300,
          currentDate: dateOf(options.clock),
        });
        if (!tokenTypes.includes(normalType(protectedHeader.typ ?? ''))) {
          throw new AccessError('token_invalid', { fault: 'type' });
        }
        // Keycloak names a token's kind in the payload as well: ID and refresh tokens also carry `typ: JWT` in the header.
        if (payload.typ !== undefined && payload.typ !== 'Bearer')
          throw new AccessError('token_invalid', { fault: 'type' });
        const principal = principalFrom(payload, claims);
        if (principal.kind === 'staff' && options.revocations?.isRevoked(principal.id, payload.iat ?? 0))
          throw new AccessError('token_invalid', { fault: 'revoked' });
        if (principal.kind === 'staff' && secondFactors && !signedInWith(payload, claims, secondFactors))
          throw new AccessError('second_factor_missing');
        return principal;
      } catch (error) {
        throw asAccessError(error);
      }
    },
  };
}

/** RFC 7515, 4.1.9: `application/` may be left out, and letter case does not matter. */
const normalType = (type: string): string => type.toLowerCase().replace(/^application\//, '');

function issuerKeys(options: TokenVerifierOptions): JWTVerifyGetKey {
  const discovery = createDiscovery(options.issuer, options.issuerAddress);
  let remote: ReturnType<typeof createRemoteJWKSet> | undefined;
  return async (header, token) => {
    remote ??= createRemoteJWKSet(new URL(options.jwksUri ?? (await discovery()).jwks_uri), {
      cooldownDuration: (options.jwksCooldownSeconds ?? 10) * 1_000,
    });
    try {
      return await remote(header, token);
    } catch (error) {
      throw isTokensFault(error) ? error : new AccessError('identity_unreachable', { cause: error });
    }
  };
}
