import { caseStages } from '@waymark/contracts';
import { stockAndFlow } from '@waymark/privacy';
import { isOver, monthAfter } from './calendar.js';
import { cellKey, type ShownCells, type TablePlan, threshold } from './table-plan.js';

export const openStages = caseStages.filter((stage) => stage !== 'closed');
export const flows = ['opened', 'reopened', 'closed'] as const;

/** How many cases went from one stage to another in a month; before it was opened, a case stands at ''. */
export interface CaseChange {
  readonly month: string;
  readonly before: string;
  readonly stage: string;
  readonly cases: number;
  readonly opened: number;
  readonly reopened: number;
  readonly closed: number;
}

const measure = 'cases';

export interface Caseload {
  /** From the first that anything is known of to the last that is over. */
  readonly months: readonly string[];
  readonly plan: TablePlan;
}

/** The caseload at the end of each month, by all stages, also those that no case has ever been at. All months together: what is open at the end of two of them tells what came between. */
export function caseloadOf(changes: readonly CaseChange[], now: string): Caseload {
  const months = monthsUntil(now, changes.map(({ month }) => month).toSorted()[0]);
  const stageCounts = new Map<string, number>();
  const counts = new Map<string, number>();
  for (const month of months) {
    const inMonth = { opened: 0, reopened: 0, closed: 0 };
    for (const change of changes.filter((each) => each.month === month)) {
      add(stageCounts, change.before, -change.cases);
      add(stageCounts, change.stage, change.cases);
      for (const flow of flows) inMonth[flow] += change[flow];
    }
    for (const stage of openStages) counts.set(cellKey(measure, month, stage), stageCounts.get(stage) ?? 0);
    for (const flow of flows) counts.set(cellKey(measure, month, flow), inMonth[flow]);
  }
  const { nodes, equations } = stockAndFlow({
    periods: months,
    stock: { key: 'open', parts: openStages },
    inflows: ['opened', 'reopened'],
    outflows: ['closed'],
  });
  const plan = {
    ...{
      threshold,
      time: months.map((key) => ({ key })),
      geography: nodes,
      measures: [measure],
      covers: [],
      equations,
    },
    counts: [...counts],
  };
  return { months, plan };
}

/** `cell`: `open`, a stage, or a flow. */
export const caseloadCell = (shown: ShownCells, month: string, cell: string): number | undefined =>
  shown.get(cellKey(measure, month, cell));

function monthsUntil(now: string, first: string | undefined): readonly string[] {
  const months: string[] = [];
  for (let month = first; month !== undefined && isOver(month, now); month = monthAfter(month)) months.push(month);
  return months;
}

const add = (counts: Map<string, number>, key: string, count: number): void =>
  void counts.set(key, (counts.get(key) ?? 0) + count);
