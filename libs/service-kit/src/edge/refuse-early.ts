import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { DeclaredRoute } from '@waymark/access';
import { problemBody, sendProblem } from '../problem.filter.js';
import { notFound, Problem } from '../problem.js';
import { REQUEST_ID } from './request-id.js';
import { bareHeaders } from './security-headers.js';

/** No address of ours is longer: two ids and a handful of query parameters. */
const longestAddress = 4_000;

/** What Fastify refuses before Nest sees it: an address that cannot be decoded, a part of a path too long to be an id. */
export function refuseAddress(error: { readonly code: string }, request: FastifyRequest, reply: FastifyReply): void {
  void reply.headers({ ...bareHeaders, [REQUEST_ID]: request.id });
  void sendProblem(error.code === 'FST_ERR_BAD_URL' ? undecodable() : notFound(), request, reply);
}

const undecodable = () => new Problem(400, 'malformed_request', 'The address cannot be decoded.');

/** What the HTTP parser refuses: no request has come of it, so the answer is written by hand and the connection ends. */
export function refuseConnection(error: { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = connectionProblem(error.code);
  const id = randomUUID();
  const body = JSON.stringify(problemBody(problem, id));
  const headers = { ...bareHeaders, [REQUEST_ID]: id, connection: 'close', 'content-length': Buffer.byteLength(body) };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${lines.join('')}\r\n${body}`);
}

function connectionProblem(code: string | undefined): Problem {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new Problem(408, 'request_timeout', 'The request did not come in within the time there is for it.');
  if (code === 'HPE_HEADER_OVERFLOW')
    return new Problem(431, 'headers_too_large', 'Address and headers are larger than this service takes.');
  return new Problem(400, 'malformed_request', 'This is no well-formed HTTP request.');
}

/** An address that is far too long is 414; a known path under a method that it does not have is 405, whatever ids are in it. */
export function refuseAddresses(fastify: FastifyInstance, routes: readonly DeclaredRoute[]): void {
  const patterns = routes.map(({ method, path }) => ({
    method,
    pattern: new RegExp(`^${path.replace(/:\w+/g, '[^/]+')}/?$`),
  }));
  const methodsOf = (path: string): string[] => [
    ...new Set(patterns.flatMap(({ method, pattern }) => (pattern.test(path) ? [method] : []))),
  ];
  fastify.addHook('onRequest', async (request, reply) => {
    if (request.url.length > longestAddress)
      return sendProblem(new Problem(414, 'address_too_long', 'The address is too long.'), request, reply);
    if (!request.is404) return undefined;
    const allowed = methodsOf(request.url.split('?', 1)[0] ?? '').flatMap((method) =>
      method === 'GET' ? ['GET', 'HEAD'] : [method],
    );
    if (allowed.length === 0 || allowed.includes(request.method)) return undefined;
    const headers = { allow: allowed.join(', ') };
    const problem = new Problem(405, 'method_not_allowed', 'This address has no such method.', undefined, headers);
    return sendProblem(problem, request, reply);
  });
}
