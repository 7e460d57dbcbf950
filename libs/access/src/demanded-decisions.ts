import {
  type CallHandler,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
  Optional,
} from '@nestjs/common';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { ruleOf } from './access-guard.js';
import { principalOf } from './caller.js';
import { FAILED_READS, type FailedReads, isReading } from './failed-reads.js';
import { actions } from './policy/actions.js';
import type { ActionName } from './policy/decide.js';
import { type NotedDecisions, notingDecisions } from './policy/noted-decisions.js';

/**
 * Lets no answer out for which nobody asked the policies about the thing itself: a route whose handler forgot to fails at its first
 * request. Tells of every reading that failed, with what the policies had said by then.
 */
@Injectable()
export class DemandedDecisions implements NestInterceptor {
  constructor(@Optional() @Inject(FAILED_READS) private readonly failedReads?: FailedReads) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const action = ruleOf(context.getHandler())?.action;
    if (action === undefined || actions[action].resource === 'Waymark') return next.handle();
    return from(this.demand(action, context, next));
  }

  private async demand(action: ActionName, context: ExecutionContext, next: CallHandler): Promise<unknown> {
    const noted: NotedDecisions = new Map();
    try {
      const answer: unknown = await notingDecisions(noted, () =>
        lastValueFrom(next.handle(), { defaultValue: undefined }),
      );
      if (!noted.has(action)) throw new Error(`nobody asked the policies about ${action}`);
      return answer;
    } catch (error) {
      if (isReading(context.getHandler())) await this.tell(action, context, noted, error);
      throw error;
    }
  }

  private async tell(action: ActionName, context: ExecutionContext, noted: NotedDecisions, error: unknown) {
    const request = context.switchToHttp().getRequest<object>();
    const outcome = noted.get(action);
    const principal = principalOf(request);
    await this.failedReads?.tell({ request, principal, action, error, ...(outcome ? { outcome } : {}) });
  }
}
