import { createHash } from 'node:crypto';
import type { ShownCells, TablePlan } from './table-plan.js';

interface Kept {
  readonly of: string;
  readonly shown: Promise<ShownCells>;
}

/** What may be shown of each set of tables, computed once for the same counts: also for those who ask while it is under way. */
export class ProtectedTables {
  private readonly kept = new Map<string, Kept>();
  private computing: Promise<unknown> = Promise.resolve();

  constructor(private readonly protect: (plan: TablePlan) => Promise<ShownCells>) {}

  /** `name`: which tables they are; what was computed of them before is forgotten when the counts are others. */
  shownOf(name: string, plan: TablePlan): Promise<ShownCells> {
    const of = createHash('sha256').update(JSON.stringify(plan)).digest('hex');
    const known = this.kept.get(name);
    if (known?.of === of) return known.shown;
    // One after the other: several at once would only take the processor from each other.
    const shown = this.computing.then(() => this.protect(plan));
    this.computing = shown.catch(() => undefined);
    const kept = { of, shown };
    this.kept.set(name, kept);
    shown.catch(() => {
      if (this.kept.get(name) === kept) this.kept.delete(name);
    });
    return shown;
  }
}
