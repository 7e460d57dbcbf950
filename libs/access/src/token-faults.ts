import { errors } from 'jose';
import { AccessError } from './access-error.js';

/** What `jose` found wrong, in our words. What we do not recognise is not the token's fault and stays as it is. */
export function asAccessError(error: unknown): unknown {
  if (error instanceof AccessError || !(error instanceof errors.JOSEError)) return error;
  const refused = (fault: AccessError['fault']) => new AccessError('token_invalid', { fault, cause: error });
  if (error instanceof errors.JWTExpired) return new AccessError('token_expired', { fault: 'time', cause: error });
  if (error instanceof errors.JWTClaimValidationFailed) return refused(faultOfClaim(error.claim));
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported)
    return refused('algorithm');
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) {
    return refused('key_unknown');
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) return refused('signature');
  return refused('malformed');
}

function faultOfClaim(claim: string): AccessError['fault'] {
  switch (claim) {
    case 'typ':
      return 'type';
    case 'iss':
      return 'issuer';
    case 'aud':
      return 'audience';
    case 'exp':
    case 'nbf':
    case 'iat':
      return 'time';
    default:
      return 'claims';
  }
}

/** True when a key could not be chosen because of the token; false when the keys themselves could not be had. */
export const isTokensFault = (error: unknown): boolean =>
  error instanceof errors.JWKSNoMatchingKey ||
  error instanceof errors.JWKSMultipleMatchingKeys ||
  error instanceof errors.JOSENotSupported;
