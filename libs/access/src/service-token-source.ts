import { AccessError } from './access-error.js';
import { dateOf, type Clock } from './clock.js';
import { createDiscovery } from './discovery.js';

export interface ServiceTokenSource {
  /** An access token that is good for a while yet. Rejects with `identity_unreachable`. */
  token(): Promise<string>;
  /** Drops the cached token, after somebody refused it. */
  forget(): void;
}

interface Granted {
  readonly token: string;
  readonly renewAt: number;
}

const TIMEOUT_MILLISECONDS = 5_000;

/** Gets a service's own access tokens (client credentials), shares one among all callers and renews it before it expires. */
export function createServiceTokenSource(options: {
  readonly issuer: string;
  /** Where the issuer is asked about itself, when its own address does not lead there from here. */
  readonly issuerAddress?: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** So long before its end a token is no longer handed out. */
  readonly marginSeconds?: number;
  readonly clock?: Clock;
}): ServiceTokenSource {
  const discovery = createDiscovery(options.issuer, options.issuerAddress);
  const now = () => dateOf(options.clock).getTime();
  let granted: Granted | undefined;
  let asking: Promise<Granted> | undefined;

  const ask = async (): Promise<Granted> => {
    const { token_endpoint: endpoint } = await discovery();
    const asked = now();
    try {
      const { token, lifetime } = await requestToken(endpoint, options);
      return { token, renewAt: asked + (lifetime - (options.marginSeconds ?? 30)) * 1_000 };
    } catch (cause) {
      throw new AccessError('identity_unreachable', { cause });
    }
  };

  return {
    async token() {
      if (granted && now() < granted.renewAt) return granted.token;
      asking ??= ask().finally(() => {
        asking = undefined;
      });
      granted = await asking;
      return granted.token;
    },
    forget() {
      granted = undefined;
    },
  };
}

async function requestToken(
  endpoint: string | undefined,
  credentials: { readonly clientId: string; readonly clientSecret: string },
): Promise<{ readonly token: string; readonly lifetime: number }> {
  if (!endpoint) throw new Error('the issuer has no token endpoint');
  // RFC 6749, 2.3.1: both halves are form-encoded before they are joined.
  const pair = `${encodeURIComponent(credentials.clientId)}:${encodeURIComponent(credentials.clientSecret)}`;
  const response = await fetch(endpoint, {
    method: 'POST',
    redirect: 'error',
    headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
    signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
  });
  if (!response.ok) throw new Error(`the token endpoint answered ${response.status} to ${credentials.clientId}`);
  const answer: unknown = await response.json();
  if (typeof answer !== 'object' || answer === null || !('access_token' in answer)) throw new Error('no access token');
  if (typeof answer.access_token !== 'string') throw new Error('no access token');
  const lifetime = 'expires_in' in answer && typeof answer.expires_in === 'number' ? answer.expires_in : 60;
  return { token: answer.access_token, lifetime };
}
