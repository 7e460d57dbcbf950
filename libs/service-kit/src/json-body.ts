import { isUtf8 } from 'node:buffer';
import type { IncomingHttpHeaders } from 'node:http';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Problem } from './problem.js';

type Headers = Pick<IncomingHttpHeaders, 'content-encoding' | 'content-type'>;
const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i;

/** Our bodies nest three levels deep; what is far deeper is an attack on whatever walks through it. */
const deepest = 20;

/**
 * Takes JSON bodies only, in UTF-8 and not compressed: what is encoded otherwise would be read as something else. Fastify's own reading replaces bytes that are no UTF-8: what somebody wrote would be altered without
 * their knowing, so such a body is refused.
 */
export function takeJsonOnly(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  fastify.removeAllContentTypeParsers();
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if (isEncodedOtherwise(request.headers)) return done(encodedOtherwise());
    if (!isUtf8(Buffer.from(body))) return done(malformed('The body is not UTF-8.'));
    void parse(request, body.toString(), (error, value) => {
      if (error) return done(error);
      return isTooDeep(value) ? done(malformed('The body is nested too deeply.')) : done(null, value);
    });
  });
}

const isEncodedOtherwise = ({
  'content-encoding': encoding = 'identity',
  'content-type': type = '',
}: Headers): boolean =>
  encoding.trim().toLowerCase() !== 'identity' || (charset.exec(type)?.[1] ?? 'utf-8').toLowerCase() !== 'utf-8';

const encodedOtherwise = (): Problem =>
  new Problem(415, 'unsupported_media_type', 'Send the body as application/json in UTF-8, without a Content-Encoding.');

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
