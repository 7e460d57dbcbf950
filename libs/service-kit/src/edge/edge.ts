import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { listRoutes } from '@waymark/access';
import { endWhatIsSilent } from './closing.js';
import { type EdgeSettings, originsOf, proxiesOf, tlsFilesOf } from './edge-settings.js';
import type { RateLimits } from './rate-limits.js';
import { refuseAddress, refuseAddresses, refuseConnection } from './refuse-early.js';
import { REQUEST_ID, requestId } from './request-id.js';
import { sendSecurityHeaders } from './security-headers.js';
import { readPair } from './tls.js';

/** No request of ours is larger; a narrative of 20,000 characters in four bytes each fits. */
const bodyLimit = 256 * 1024;

/** Fastify with our limits: of body, headers and time; over TLS where there is a certificate. */
export function adapterFor(settings: EdgeSettings): FastifyAdapter {
  const tls = tlsFilesOf(settings);
  const requestTimeout = settings.REQUEST_TIMEOUT_SECONDS * 1_000;
  const headersTimeout = Math.min(10_000, requestTimeout);
  const server = { maxHeaderSize: 16 * 1024, headersTimeout, connectionsCheckingInterval: 1_000 };
  const options = {
    bodyLimit,
    trustProxy: proxiesOf(settings),
    genReqId: requestId,
    forceCloseConnections: 'idle' as const,
    requestTimeout,
    routerOptions: { maxParamLength: 200 },
    frameworkErrors: refuseAddress,
    clientErrorHandler: refuseConnection,
  };
  return new FastifyAdapter(
    tls ? { ...options, https: { ...server, ...readPair(tls), minVersion: 'TLSv1.2' } } : { ...options, http: server },
  );
}

/** What every request passes before it is looked at, and every answer on its way out. To be called before routes are made. */
export async function harden(app: NestFastifyApplication, settings: EdgeSettings, limits: RateLimits): Promise<void> {
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRequest', async (request, reply) => {
    reply.header(REQUEST_ID, request.id);
  });
  endWhatIsSilent(fastify, settings.REQUEST_TIMEOUT_SECONDS * 1_000);
  const origins = originsOf(settings.CORS_ORIGINS);
  await sendSecurityHeaders(fastify, origins.length > 0);
  if (origins.length > 0) app.enableCors(crossOrigin(origins));
  limits.watch(fastify);
  refuseAddresses(fastify, listRoutes(app));
}

const crossOrigin = (origin: string[]) => ({
  origin,
  methods: ['GET', 'HEAD', 'POST'],
  allowedHeaders: [
    ...['authorization', 'content-type', 'idempotency-key', 'if-match', 'waymark-position', 'x-purpose'],
    ...['x-correlation-id', REQUEST_ID, 'traceparent'],
  ],
  exposedHeaders: ['etag', 'link', 'retry-after', 'waymark-position', REQUEST_ID],
  maxAge: 600,
});
