import { type DeclaredAction, PolicyError, policySet } from '@waymark/access';
import type { PoliciesThen } from './policies-then.js';
import type { Obstacle, ThingThen } from './things-then.js';
import { type Could, type ReceiptOf, whoCould } from './who-could.js';

/** Who could do one of the actions that show something of a thing. */
export interface Sight extends Could {
  readonly action: string;
  /** Why nobody could, whatever the policies say. */
  readonly obstacle?: Obstacle;
}

export interface Sights {
  readonly sights: readonly Sight[];
  /** The policies that were asked, in the end. */
  readonly policies: PoliciesThen;
}

const nobody: Could = { everybody: [], people: [], keptOut: [] };

/** Who could see something of a thing as it stood, by the policies of then. When those cannot decide about it, by today's, which it says. */
export function sightsOf(thing: ThingThen, policies: PoliciesThen, receiptOf: ReceiptOf): Sights {
  try {
    return { policies, sights: asked(thing, policies, receiptOf) };
  } catch (error) {
    if (!(error instanceof PolicyError) || policies.set === policySet()) throw error;
    const today: PoliciesThen = { ...policies, substituted: 'not_readable', set: policySet() };
    return { policies: today, sights: asked(thing, today, receiptOf) };
  }
}

function asked({ resource, obstacles }: ThingThen, { set }: PoliciesThen, receiptOf: ReceiptOf): readonly Sight[] {
  const seeing: readonly DeclaredAction[] = set.schema
    .actionsIn('See')
    .filter((each) => each.resource === resource.type);
  return seeing.map((declared) => {
    const { action } = declared;
    const obstacle = obstacles[action];
    return obstacle === undefined
      ? { action, ...whoCould(set, declared, resource, receiptOf) }
      : { action, obstacle, ...nobody };
  });
}
