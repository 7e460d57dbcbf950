import type { FastifyRequest } from 'fastify';
import { uuidForm } from './uuid-form.js';

type Routed = Pick<FastifyRequest, 'params'> & { readonly routeOptions: Pick<FastifyRequest['routeOptions'], 'url'> };

/**
 * The address of what a request is about, in one spelling: the pattern of its route with what it names put in. However a caller
 * escapes it, whether ids are in capitals, and whatever follows a question mark, it is the same.
 */
export function plainAddress({ routeOptions: { url: pattern }, params }: Routed): string {
  if (pattern === undefined) throw new Error('a command belongs to a route');
  const named = new Map(Object.entries(params ?? {}));
  return pattern.replace(/:(\w+)/g, (_whole, name: string) => encodeURIComponent(plainId(String(named.get(name)))));
}

/** As `IdPipe` reads it. What is no UUID may mean something else in capitals. */
function plainId(given: string): string {
  const id = given.toLowerCase();
  return uuidForm.test(id) ? id : given;
}
