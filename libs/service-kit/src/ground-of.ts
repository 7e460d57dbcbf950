import type { Decision } from '@waymark/access';
import { notFound } from './problem.js';

/**
 * What let the caller in, for the access log. Throws what a missing thing gives when the caller may not know of it, and the refusal
 * of the service's own when they may.
 */
export function groundOf(decision: Decision, refuse: () => never = hide): string {
  switch (decision.outcome) {
    case 'allow':
      return decision.ground;
    case 'deny':
      return refuse();
    case 'hidden':
      return hide();
  }
}

function hide(): never {
  throw notFound();
}
