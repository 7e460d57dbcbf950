import { isUtf8 } from 'node:buffer';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Problem } from './problem.js';

/** Our bodies nest three levels deep; what is far deeper is an attack on whatever walks through it. */
const deepest = 20;

/**
 * Takes JSON bodies only. Fastify's own reading replaces bytes that are no UTF-8: what somebody wrote would be altered without
 * their knowing, so such a body is refused.
 */
export function takeJsonOnly(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  fastify.removeAllContentTypeParsers();
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if (!isUtf8(Buffer.from(body))) return done(malformed('The body is not UTF-8.'));
    void parse(request, body.toString(), (error, value) => {
      if (error) return done(error);
      return isTooDeep(value) ? done(malformed('The body is nested too deeply.')) : done(null, value);
    });
  });
}

const malformed = (detail: string): Problem => new Problem(400, 'malformed_json', detail);

/** Level by level: a recursion would end where the attack wants it to. */
function isTooDeep(value: unknown): boolean {
  let level: readonly object[] = [value].filter(isObject);
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth === deepest) return true;
    level = level.flatMap((each) => Object.values(each).filter(isObject));
  }
  return false;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
