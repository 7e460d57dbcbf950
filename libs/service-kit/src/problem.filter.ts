import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AccessError } from '@waymark/access';
import { DomainRejection } from '@waymark/event-sourcing';
import { EventStoreError } from '@waymark/event-store';
import { isTemporary } from '@waymark/messaging';
import { KeyProviderError, SubjectErasedError } from '@waymark/privacy';
import type { Log } from './log.js';
import { Problem } from './problem.js';

const transportProblems: Readonly<Record<string, readonly [number, string, string]>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: [400, 'malformed_json', 'The body is not valid JSON.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: [400, 'malformed_json', 'The body is empty but its content type says JSON.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [400, 'malformed_request', 'The length of the body is not the one announced.'],
  FST_ERR_CTP_BODY_TOO_LARGE: [413, 'body_too_large', 'The body is larger than this service takes.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [415, 'unsupported_media_type', 'Send the body as application/json.'],
  FST_ERR_CTP_INVALID_TYPE: [415, 'unsupported_media_type', 'Send the body as application/json.'],
};

/** The only place where an error becomes an HTTP answer: RFC 9457 problem details, nothing of our inside. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: Log) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const problem = toProblem(error);
    // Whoever hangs up before the body is whole is no fault of ours.
    if (problem.status >= 500 && request.raw.complete)
      this.log.error(
        { err: error, requestId: request.id, method: request.method, route: request.routeOptions?.url },
        'request failed',
      );
    void sendProblem(problem, request, reply);
  }
}

/** Answers with a problem, from wherever it came. */
export function sendProblem(problem: Problem, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply
    .status(problem.status)
    .headers({
      ...problem.headers,
      'content-type': 'application/problem+json; charset=utf-8',
      'cache-control': 'no-store',
    })
    .send(JSON.stringify(problemBody(problem, request.id)));
}

/** The problem details document of a problem. */
export const problemBody = (problem: Problem, requestId: string): object => ({
  type: `urn:waymark:problem:${problem.code}`,
  title: problem.code.replaceAll('_', ' '),
  status: problem.status,
  code: problem.code,
  detail: problem.detail,
  instance: `urn:waymark:request:${requestId}`,
  ...(problem.errors ? { errors: problem.errors } : {}),
});

export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof DomainRejection) {
    const { code, detail, fields }: DomainRejection = error;
    return new Problem(statusOf(code), code, detail, fields.length > 0 ? fields : undefined);
  }
  if (error instanceof AccessError) return accessProblem(error);
  if (error instanceof EventStoreError) return storeProblem(error);
  if (error instanceof SubjectErasedError)
    return new Problem(409, 'person_erased', 'This person was erased. Nothing more can be written about them.');
  if (error instanceof KeyProviderError)
    return new Problem(503, 'keys_unavailable', 'What is sealed cannot be opened now. Nothing was stored.', undefined, {
      'retry-after': '5',
    });
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  const transport = transportProblems[code];
  if (transport) return new Problem(...transport);
  if (error instanceof HttpException) return httpProblem(error);
  if (isTemporary(error)) return temporarilyUnavailable;
  return new Problem(
    500,
    'internal_error',
    'Something went wrong on our side. Send the same request again with the same key.',
  );
}

/** Whether anything was stored before the connection broke, the same request with the same key finds out. */
const temporarilyUnavailable = new Problem(
  503,
  'temporarily_unavailable',
  'A part that is needed cannot be reached. Send the same request again with the same key.',
  undefined,
  { 'retry-after': '2' },
);

const statusOf = (code: string): number =>
  code.endsWith('_not_found') ? 404 : code.startsWith('invalid_') ? 422 : 409;

function accessProblem(error: AccessError): Problem {
  const headers: Record<string, string> = {};
  if (error.challenge !== undefined) headers['www-authenticate'] = error.challenge;
  if (error.status === 503) headers['retry-after'] = '5';
  const errors =
    error.code === 'purpose_unknown' ? [{ field: 'X-Purpose', rule: 'code', message: error.message }] : undefined;
  return new Problem(error.status, error.code, error.message, errors, headers);
}

function storeProblem(error: EventStoreError): Problem {
  if (error.code === 'wrong_expected_revision')
    return new Problem(
      409,
      'revision_conflict',
      'Somebody else changed this at the same moment. Read it again and repeat.',
    );
  if (error.code === 'unavailable' || error.code === 'beyond_log')
    return new Problem(503, 'event_store_unavailable', 'The log cannot be reached. Nothing was stored.', undefined, {
      'retry-after': '2',
    });
  return new Problem(500, 'internal_error', 'Something went wrong on our side. Nothing was stored.');
}

function httpProblem(error: HttpException): Problem {
  const status = error.getStatus();
  const cause = error.cause ?? error;
  const code = typeof cause === 'object' && 'code' in cause ? String(cause.code) : '';
  const transport = transportProblems[code];
  if (transport) return new Problem(...transport);
  if (status === 404) return new Problem(404, 'not_found', 'There is nothing here that you may see.');
  if (status === 400) return new Problem(400, 'malformed_request', 'The request is malformed.');
  if (status === 413) return new Problem(413, 'body_too_large', 'The body is larger than this service takes.');
  if (status === 415) return new Problem(415, 'unsupported_media_type', 'Send the body as application/json.');
  return new Problem(status, 'refused', 'The request was refused.');
}
