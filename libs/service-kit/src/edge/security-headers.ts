import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';

/** Of an API: nothing in an answer is ever to be shown as a page, framed, or kept. */
const api = {
  contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
  frameguard: { action: 'deny' as const },
  referrerPolicy: { policy: 'no-referrer' as const },
};

/** Of the page at `/docs`: its own scripts and styles, and questions to this service only. */
const docs = {
  ...api,
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", 'data:'],
      fontSrc: ["'self'"],
      connectSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
    },
  },
};

const isDocs = (url: string): boolean => /^\/docs(?:[/?]|$)/.test(url);

/** Gives every answer the headers that keep a browser from making more of it than it is. */
export async function sendSecurityHeaders(fastify: FastifyInstance, crossOrigin: boolean): Promise<void> {
  await fastify.register(helmet, { global: false });
  const crossOriginResourcePolicy = { policy: crossOrigin ? ('cross-origin' as const) : ('same-origin' as const) };
  fastify.addHook('onRequest', async (request, reply) => {
    reply.helmet({ ...(isDocs(request.url) ? docs : api), crossOriginResourcePolicy });
  });
  fastify.addHook('onSend', async (_request, reply) => {
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
  });
}

/** The same where an answer is written before any hook runs. */
export const bareHeaders = {
  'content-type': 'application/problem+json; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none';frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
} as const;
