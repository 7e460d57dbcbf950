import type { EntityManager } from 'typeorm';
import type { OpenedEvent } from './opened-event.js';
import type { Fold, Projection } from './projection.js';

/** What a view folds of a page. */
export const foldedBy = <Event extends { readonly type: string }>(
  { folds }: Pick<Projection, 'folds'>,
  events: readonly Event[],
): readonly Event[] => (folds ? events.filter(({ type }) => folds.includes(type)) : events);

/**
 * Divides the types of a union into those that a view folds, which it answers, and those it passes over. Does not compile where one is
 * in neither: who adds an event decides for each view.
 */
export const foldsOf =
  <Event extends { readonly type: string }>() =>
  <const Folded extends Event['type'], const Passed extends Exclude<Event['type'], Folded>>(
    folded: readonly Folded[],
    _passedOver: readonly Passed[] & AllOf<Exclude<Event['type'], Folded | Passed>>,
  ): readonly Folded[] =>
    folded;

type AllOf<Missing> = [Missing] extends [never] ? unknown : { readonly missing: Missing };

/** The ways of a projection to apply events that follow from one way to fold them in memory. */
export function folding(beginFold: () => Fold): Required<Pick<Projection, 'apply' | 'applyAll' | 'beginFold'>> {
  const applyAll = async (events: readonly OpenedEvent[], manager: EntityManager): Promise<void> => {
    const fold = beginFold();
    await fold.take(events, (ask) => ask(manager));
    await fold.write(manager);
  };
  return { beginFold, applyAll, apply: (event, manager) => applyAll([event], manager) };
}

/** For a projection that can fold in its tables only, the events wait. */
export const foldOf = (projection: Projection): Fold => projection.beginFold?.() ?? new WaitingEvents(projection);

class WaitingEvents implements Fold {
  private events: OpenedEvent[] = [];

  constructor(private readonly projection: Projection) {}

  get held(): number {
    return this.events.length;
  }

  take(events: readonly OpenedEvent[]): void {
    this.events.push(...events);
  }

  async write(manager: EntityManager): Promise<void> {
    const { apply, applyAll } = this.projection;
    if (applyAll) await applyAll(this.events, manager);
    else for (const event of this.events) await apply(event, manager);
    this.events = [];
  }
}
