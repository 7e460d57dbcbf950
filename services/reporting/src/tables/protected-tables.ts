import { createHash } from 'node:crypto';
import { Problem } from '@waymark/service-kit';
import type { ProtectedCells, ShownCells, TablePlan } from './table-plan.js';

interface Kept {
  readonly of: string;
  readonly cells: Promise<ProtectedCells>;
}

/** What may be shown of each set of tables, computed once for the same counts: also for those who ask while it is under way. */
export class ProtectedTables {
  private readonly kept = new Map<string, Kept>();
  private computing: Promise<unknown> = Promise.resolve();

  constructor(private readonly protect: (plan: TablePlan) => Promise<ProtectedCells>) {}

  /** As `of`, for tables of which nothing is kept. */
  async shownOf(name: string, plan: TablePlan): Promise<ShownCells> {
    return (await this.of(name, plan)).shown;
  }

  /**
   * `name`: which tables they are; what was computed of them before is forgotten when the counts are others. 503 where no
   * pattern is found in which nothing is given away.
   */
  async of(name: string, plan: TablePlan): Promise<ProtectedCells> {
    const cells = await this.computed(name, plan);
    if (!cells.sound)
      throw new Problem(503, 'tables_not_protected', 'These tables cannot be shown without giving hidden counts away.');
    return cells;
  }

  private computed(name: string, plan: TablePlan): Promise<ProtectedCells> {
    const of = createHash('sha256').update(JSON.stringify(plan)).digest('hex');
    const known = this.kept.get(name);
    if (known?.of === of) return known.cells;
    // One after the other: several at once would only take the processor from each other.
    const cells = this.computing.then(() => this.protect(plan));
    this.computing = cells.catch(() => undefined);
    const kept = { of, cells };
    this.kept.set(name, kept);
    cells.catch(() => {
      if (this.kept.get(name) === kept) this.kept.delete(name);
    });
    return cells;
  }
}
