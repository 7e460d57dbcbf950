import { AccessError } from './access-error.js';

/** As much of an issuer's metadata (OpenID Connect Discovery 1.0) as we use. */
export interface IssuerMetadata {
  readonly issuer: string;
  readonly jwks_uri: string;
  readonly token_endpoint?: string;
}

const TIMEOUT_MILLISECONDS = 5_000;

/**
 * Asks an issuer about itself once and remembers the answer; a failure is forgotten, so that the next call asks again.
 * Rejects with `identity_unreachable`, also when another issuer answers. `address` is where it is asked, when its own name does
 * not lead there from here (a container behind the public name).
 */
export function createDiscovery(issuer: string, address = issuer): () => Promise<IssuerMetadata> {
  let known: Promise<IssuerMetadata> | undefined;
  return () => {
    known ??= discover(issuer, address).catch((cause: unknown) => {
      known = undefined;
      throw new AccessError('identity_unreachable', { cause });
    });
    return known;
  };
}

async function discover(issuer: string, address: string): Promise<IssuerMetadata> {
  const url = `${address.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  const metadata: unknown = await response.json();
  if (!isIssuerMetadata(metadata)) throw new Error(`${url} lacks issuer or jwks_uri`);
  if (metadata.issuer !== issuer) throw new Error(`${url} names another issuer: ${metadata.issuer}`);
  return metadata;
}

const isIssuerMetadata = (value: unknown): value is IssuerMetadata =>
  typeof value === 'object' &&
  value !== null &&
  'issuer' in value &&
  typeof value.issuer === 'string' &&
  'jwks_uri' in value &&
  typeof value.jwks_uri === 'string';
