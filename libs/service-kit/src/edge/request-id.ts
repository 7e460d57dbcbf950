import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { uuidForm } from '../uuid-form.js';

export const REQUEST_ID = 'x-request-id';

/** The caller's own id for the request where it is a UUID; nothing else of theirs gets into answers and log lines. */
export function requestId({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers[REQUEST_ID];
  return typeof given === 'string' && uuidForm.test(given) ? given : randomUUID();
}
