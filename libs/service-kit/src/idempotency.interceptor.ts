import {
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  SetMetadata,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply } from 'fastify';
import { randomUUID } from 'node:crypto';
import { ApiExtension } from '@nestjs/swagger';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { actorOf, type Principal, principalOf, purposeStatedBy } from '@waymark/access';
import { DomainRejection } from '@waymark/event-sourcing';
import { Turns } from '@waymark/event-store';
import { derivedId } from '@waymark/messaging';
import { refuseAll } from './body.pipe.js';
import type { WaymarkRequest } from './call.js';
import { Done } from './done.js';
import { type Answer, type Attempt, IdempotentAnswers } from './idempotency.js';
import { problemBody, toProblem } from './problem.filter.js';
import { principalKey } from './principal-key.js';
import { plainAddress } from './plain-address.js';
import { Problem } from './problem.js';
import { uuidForm } from './uuid-form.js';

export const WITHOUT_KEY = 'waymark:without-key';

/**
 * For POST routes whose answer must not be stored or given twice: each request is a command of its own (`CallOf` gives it a fresh
 * id). Such as opening a session or a referral's package.
 */
export const WithoutKey = (): MethodDecorator =>
  applyDecorators(SetMetadata(WITHOUT_KEY, true), ApiExtension('x-without-idempotency-key', true));

export const DECIDED_ANEW = 'waymark:decided-anew';

/**
 * For commands whose answer holds what only whoever may still ask for it may have, such as a receipt: a retry goes through the command
 * again, which decides about the access anew and finds in the log what it has done.
 */
export const DecidedAnew = (): MethodDecorator => SetMetadata(DECIDED_ANEW, true);

const keyForm = /^[\x21-\x7e]{22,200}$/;

/** Every command is looked up by principal, route with its ids and key before anything is decided; see idempotency.ts. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  /** A retry that overtakes its first attempt waits for the answer instead of working it out beside it. */
  private readonly turns = new Turns();

  constructor(
    private readonly answers: IdempotentAnswers,
    private readonly reflector: Reflector,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<WaymarkRequest>();
    const withoutKey = this.reflector.get<boolean | undefined>(WITHOUT_KEY, context.getHandler());
    if (request.method !== 'POST') return next.handle();
    // No POST of ours takes a query; ignored, it would be taken for part of what was asked.
    refuseAll(request.query ?? {});
    if (withoutKey) {
      request.call = callOf(request, randomUUID());
      return next.handle();
    }
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const attempt = attemptOf(request);
    const name = this.answers.commandSeed(attempt);
    const anew = this.reflector.get<boolean | undefined>(DECIDED_ANEW, context.getHandler()) === true;
    return from(this.turns.take(name, () => this.answer(attempt, anew, request, reply, next)));
  }

  private async answer(
    attempt: Attempt,
    anew: boolean,
    request: WaymarkRequest,
    reply: FastifyReply,
    next: CallHandler,
  ): Promise<unknown> {
    const earlier = await this.answers.earlier(attempt);
    if (earlier.kind === 'other_body') throw keyReused();
    if (earlier.kind === 'answered' && !(anew && earlier.answer.status < 300)) return send(reply, earlier.answer);
    request.call = callOf(request, derivedId(this.answers.commandSeed(attempt)));
    try {
      const result: unknown = await lastValueFrom(next.handle(), { defaultValue: {} });
      const answer = answerOf(result, reply.statusCode, principalOf(request));
      if (!(await this.answers.remember(attempt, answer))) throw keyReused();
      return send(reply, answer);
    } catch (error) {
      if (error instanceof DomainRejection) {
        const rejection: DomainRejection = error;
        await this.answers.remember(attempt, rejectionAnswer(rejection, request.id));
      }
      throw error;
    }
  }
}

const keyReused = (): Problem =>
  new Problem(422, 'idempotency_key_reused', 'This Idempotency-Key was used before with another body.');

function attemptOf(request: WaymarkRequest): Attempt {
  const key = request.headers['idempotency-key'];
  if (typeof key !== 'string' || !keyForm.test(key))
    throw new Problem(
      400,
      'idempotency_key_missing',
      'Every command needs an Idempotency-Key header of 22 to 200 characters, such as a random UUID.',
      [{ field: 'Idempotency-Key', rule: 'pattern', message: '22 to 200 visible ASCII characters' }],
    );
  return {
    principal: principalKey(principalOf(request)),
    route: `${request.method} ${plainAddress(request)}`,
    key,
    body: request.body,
  };
}

function callOf(request: WaymarkRequest, commandId: string) {
  const correlation = request.headers['x-correlation-id'];
  const traceparent = request.headers.traceparent;
  const ifMatch = request.headers['if-match'];
  const purpose = purposeStatedBy(principalOf(request));
  return {
    commandId,
    correlationId: typeof correlation === 'string' && uuidForm.test(correlation) ? correlation : randomUUID(),
    actor: actorOf(principalOf(request)),
    ...(typeof traceparent === 'string' && /^[0-9a-f-]{55}$/.test(traceparent) ? { traceparent } : {}),
    ...(typeof ifMatch === 'string' ? { ifMatch: revisionOf(ifMatch) } : {}),
    ...(purpose === undefined ? {} : { purpose }),
  };
}

function revisionOf(ifMatch: string): number {
  const match = /^"(\d{1,15})"$/.exec(ifMatch.trim());
  if (!match)
    throw new Problem(400, 'if_match_malformed', 'If-Match takes the ETag of an earlier answer, such as "3".');
  return Number(match[1]);
}

/** How far the log has come tells how much else is going on: whoever comes without an account, and reads no list, is not told. */
function answerOf(result: unknown, status: number, { kind }: Principal): Answer {
  if (!(result instanceof Done)) return { status, headers: {}, body: result };
  const revision = { etag: `"${result.revision}"` };
  const isTold = kind === 'staff' || kind === 'service';
  const headers = isTold ? { ...revision, 'waymark-position': String(result.position) } : revision;
  return { status, headers, body: result.body };
}

function rejectionAnswer(error: DomainRejection, requestId: string): Answer {
  const problem = toProblem(error);
  return {
    status: problem.status,
    headers: { 'content-type': 'application/problem+json; charset=utf-8' },
    body: problemBody(problem, requestId),
  };
}

function send(reply: FastifyReply, answer: Answer): unknown {
  void reply.status(answer.status).headers(answer.headers);
  return answer.body;
}
