import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { AccessError, type Authenticator, type Principal, principalOf } from '@waymark/access';
import { principalKey } from '../principal-key.js';
import { sendProblem } from '../problem.filter.js';
import { Problem } from '../problem.js';
import type { EdgeSettings } from './edge-settings.js';
import { RateBuckets } from './rate-buckets.js';
import { sourceOf } from './source.js';

type Settings = Pick<EdgeSettings, 'RATE_LIMIT_PRINCIPAL' | 'RATE_LIMIT_ADDRESS'>;

/** Probes and the collector of metrics must not be kept waiting by whoever shares their address. */
const unlimited = /^\/(?:health\/|metrics$)/;

/**
 * How often somebody may call. Who has a good token is counted as themselves, wherever they call from: an office, a VPN or Tor share
 * one address, and none of them pays for the others. All else is counted by address (source.ts). Services are not limited: what they ask,
 * somebody who was counted has asked of them. Receipts have throttles of their own.
 */
export class RateLimits {
  private readonly principals: RateBuckets;
  private readonly addresses: RateBuckets;

  constructor(settings: Settings, now?: () => number) {
    this.principals = new RateBuckets(settings.RATE_LIMIT_PRINCIPAL, now);
    this.addresses = new RateBuckets(settings.RATE_LIMIT_ADDRESS, now);
  }

  /** Counts requests that bring no token, before anything is looked up for them. */
  watch(fastify: FastifyInstance): void {
    fastify.addHook('onRequest', async (request, reply) => {
      if (request.headers.authorization !== undefined || unlimited.test(request.url)) return undefined;
      const refusal = this.countAddress(request.ip);
      return refusal && sendProblem(refusal, request, reply);
    });
  }

  /** Counts those who are known as themselves, and tokens that are not good by the address they come from. */
  counting(authenticator: Authenticator): Authenticator {
    return {
      authenticate: async (request) => {
        const principal = await authenticator.authenticate(request).catch((error: unknown) => {
          if (!(error instanceof AccessError)) throw error;
          if (error.principal) this.count(error.principal);
          throw (error.status === 401 ? this.countAddress(ipOf(request)) : undefined) ?? error;
        });
        this.count(principal);
        return principal;
      },
    };
  }

  private count(principal: Principal): void {
    if (principal.kind === 'anonymous' || principal.kind === 'service') return;
    const refusal = refusalAfter(this.principals.take(principalKey(principal)));
    if (refusal) throw refusal;
  }

  countAddress(address: string): Problem | undefined {
    return refusalAfter(this.addresses.take(sourceOf(address)));
  }
}

/** Where a token that comes along is not even looked at, it does not spare its bearer from being counted by address. */
@Injectable()
export class RateLimitInterceptor implements NestInterceptor {
  constructor(private readonly limits: RateLimits) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (request.headers.authorization !== undefined && principalOf(request).kind === 'anonymous') {
      const refusal = this.limits.countAddress(request.ip);
      if (refusal) throw refusal;
    }
    return next.handle();
  }
}

const refusalAfter = (seconds: number | undefined): Problem | undefined =>
  seconds === undefined
    ? undefined
    : new Problem(429, 'too_many_requests', 'Too many requests; Retry-After says when to go on.', undefined, {
        'retry-after': String(seconds),
      });

const ipOf = (request: object): string => ('ip' in request && typeof request.ip === 'string' ? request.ip : 'unknown');
