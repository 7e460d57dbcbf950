import { createServiceTokenSource, type ServiceTokenSource } from '@waymark/access';
import type { Call } from './aggregate.js';
import type { Settings } from './config.js';

/** The tokens of a service's own client at the issuer. */
export const serviceTokens = (
  service: string,
  settings: Pick<Settings, 'OIDC_ISSUER' | 'OIDC_ISSUER_ADDRESS' | 'SERVICE_CLIENT_SECRET'>,
): ServiceTokenSource =>
  createServiceTokenSource({
    issuer: settings.OIDC_ISSUER,
    ...(settings.OIDC_ISSUER_ADDRESS === undefined ? {} : { issuerAddress: settings.OIDC_ISSUER_ADDRESS }),
    clientId: `waymark-${service}`,
    clientSecret: settings.SERVICE_CLIENT_SECRET,
  });

/** Calls other services as the service that it is. */
export class ServiceCaller {
  constructor(private readonly tokens: ServiceTokenSource) {}

  /**
   * Posts a command, and answers whatever comes back; a token that is refused is exchanged for a new one, once. Rejects when there is
   * no token or no answer before `signal` ends it. Without a `key` the route must take none.
   */
  async post(
    url: URL,
    body: object,
    by: {
      readonly call: Pick<Call, 'correlationId' | 'traceparent'>;
      readonly signal: AbortSignal;
      readonly key?: string;
    },
  ): Promise<Response> {
    const first = await this.attempt(url, body, by);
    if (first.status !== 401) return first;
    this.tokens.forget();
    return this.attempt(url, body, by);
  }

  private async attempt(
    url: URL,
    body: object,
    { call, signal, key }: Parameters<ServiceCaller['post']>[2],
  ): Promise<Response> {
    const token = await orAborted(this.tokens.token(), signal);
    return fetch(url, {
      method: 'POST',
      redirect: 'error',
      signal,
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        ...(key === undefined ? {} : { 'idempotency-key': key }),
        'x-correlation-id': call.correlationId,
        ...(call.traceparent === undefined ? {} : { traceparent: call.traceparent }),
      },
      body: JSON.stringify(body),
    });
  }
}

const orAborted = <Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> =>
  new Promise((resolve, fail) => {
    const abort = (): void => fail(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, fail).finally(() => signal.removeEventListener('abort', abort));
  });
