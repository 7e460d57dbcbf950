import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { ruleOf } from './access-guard.js';
import { actions } from './policy/actions.js';
import { notingDecisions } from './policy/noted-decisions.js';

/**
 * Lets no answer out for which nobody asked the policies about the thing itself: a route whose handler forgot to fails at its first
 * request.
 */
export class DemandedDecisions implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const action = ruleOf(context.getHandler())?.action;
    if (action === undefined || actions[action].resource === 'Waymark') return next.handle();
    return from(this.demand(action, next));
  }

  private async demand(action: string, next: CallHandler): Promise<unknown> {
    const asked = new Set<string>();
    const answer: unknown = await notingDecisions(asked, () =>
      lastValueFrom(next.handle(), { defaultValue: undefined }),
    );
    if (!asked.has(action)) throw new Error(`nobody asked the policies about ${action}`);
    return answer;
  }
}
