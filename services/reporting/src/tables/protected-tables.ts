import { createHash } from 'node:crypto';
import { Problem } from '@waymark/service-kit';
import type { ProtectedCells, ShownCells, TablePlan } from './table-plan.js';

interface Kept {
  readonly of: string;
  readonly cells: Promise<ProtectedCells>;
}

/** How long anybody waits for tables that are being computed. */
const halfAMinute = 30_000;

/** What may be shown of each set of tables, computed once for the same counts: also for those who ask while it is under way. */
export class ProtectedTables {
  private readonly kept = new Map<string, Kept>();
  private readonly computing = new Map<string, Promise<unknown>>();

  constructor(
    private readonly protect: (plan: TablePlan) => Promise<ProtectedCells>,
    private readonly patience = halfAMinute,
  ) {}

  /** As `of`, for tables of which nothing is kept; 503 to who would have to wait too long. */
  async shownOf(name: string, plan: TablePlan): Promise<ShownCells> {
    return (await this.inTime(this.of(name, plan))).shown;
  }

  /**
   * `name`: report and period; what was computed of it before is forgotten when the counts are others. 503 where no pattern
   * is found in which nothing is given away.
   */
  async of(name: string, plan: TablePlan): Promise<ProtectedCells> {
    const cells = await this.computed(name, plan);
    if (!cells.sound)
      throw new Problem(503, 'tables_not_protected', 'These tables cannot be shown without giving hidden counts away.');
    return cells;
  }

  /** Nobody waits for minutes, which many small counts can take: it goes on, and who asks again finds it done. */
  async inTime<Result extends object>(computing: Promise<Result>): Promise<Result> {
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<undefined>((resolve) => {
      timer = setTimeout(resolve, this.patience, undefined);
    });
    const found = await Promise.race([computing, over]).finally(() => clearTimeout(timer));
    return found ?? later('tables_being_computed', 'These tables are being computed. Ask again in a while.', '30');
  }

  private computed(name: string, plan: TablePlan): Promise<ProtectedCells> {
    const of = createHash('sha256').update(JSON.stringify(plan)).digest('hex');
    const known = this.kept.get(name);
    if (known?.of === of) return known.cells;
    const isLatest = (): boolean => this.kept.get(name) === kept;
    const cells = this.inTurn(name, () => (isLatest() ? this.protect(plan) : tablesChanging()));
    const kept: Kept = { of, cells };
    this.kept.set(name, kept);
    cells.catch(() => {
      if (isLatest()) this.kept.delete(name);
    });
    return cells;
  }

  /** One after the other of each report: more at once would only take the processor from each other. */
  private inTurn(name: string, compute: () => Promise<ProtectedCells>): Promise<ProtectedCells> {
    const [report = ''] = name.split(' ');
    const result = (this.computing.get(report) ?? Promise.resolve()).then(compute);
    this.computing.set(
      report,
      result.catch(() => undefined),
    );
    return result;
  }
}

/** The counts that were asked about are no longer those of now. */
export const tablesChanging = (): never =>
  later('tables_changing', 'These tables are changing just now. Try again.', '2');

function later(code: string, message: string, seconds: string): never {
  throw new Problem(503, code, message, undefined, { 'retry-after': seconds });
}
