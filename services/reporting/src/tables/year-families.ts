import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { type Aggregates, type Call, type Clock, type Views } from '@waymark/service-kit';
import type { ReportingView } from '../fact/projections/reporting-views.js';
import { contactCountsProjection } from '../fact/projections/contact-counts/contact-counts.projection.js';
import type { ShownTablesState } from '../shown-tables/domain/shown-tables.decider.js';
import { shownTablesAggregate } from '../shown-tables/shown-tables.aggregate.js';
import { calendarOf, calendarUntil, demandPeriod, periodsIn, yearOf } from './calendar.js';
import { countedCells } from './counted-cells.js';
import type { EarlierCounts } from './earlier-counts.js';
import { type ProtectedTables, tablesChanging } from './protected-tables.js';
import { allDecided, countable, decidedOf, firstCountedUpTo, shownBefore, shownNow } from './standings.js';
import { threshold } from './table-plan.js';
import { type CountRow, type YearFamily, type YearPlan, yearPlan } from './year-family.js';

/** A decision is lost to another one, or to a row that is new meanwhile; seldom twice. */
const attempts = 5;

interface Counted {
  readonly rows: readonly CountRow[];
  readonly position: string;
}

/**
 * The protected family of each year. What leaves the house goes by what left it before: which cells are shown is decided
 * once, when they are first asked for, and is in the log before anything of it is answered (docs/adr/0046).
 */
export class YearFamilies {
  private readonly underWay = new Map<string, Promise<object>>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly views: Views<ReportingView>,
    private readonly clock: Clock,
    private readonly tables: ProtectedTables,
    private readonly aggregates: Aggregates,
    private readonly earlier: EarlierCounts,
  ) {}

  /** The tables until the end of a period: to read it decides nothing of those that came after it. */
  async of(period: string): Promise<{ readonly family: YearFamily; readonly position: string }> {
    const year = yearOf(period);
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      // In this order: so the counts are never older than those that a standing was decided on.
      const { state } = await this.aggregates.load(shownTablesAggregate, idOf(year));
      await this.views.caughtUp(['contact-counts']);
      const counted = await this.read(year);
      const rows = countable(state, counted.rows);
      const planned = this.plan(period, state, rows);
      if (allDecided(state, planned)) return { family: shownNow(state, planned, rows), position: counted.position };
      await this.tables.inTime(this.underWay.get(year) ?? this.begin(period, state, { ...counted, rows }));
    }
    return tablesChanging();
  }

  /** What was begun is decided on the counts of then and is in the log in the end, also when nobody waits for it any more. */
  private begin(period: string, state: ShownTablesState, counted: Counted): Promise<object> {
    const year = yearOf(period);
    const decision = this.decide(period, state, counted).finally(() => this.underWay.delete(year));
    this.underWay.set(year, decision);
    decision.catch(() => undefined);
    return decision;
  }

  /** On the counts that each month had when it first left the house. */
  private async decide(period: string, state: ShownTablesState, { rows, position }: Counted): Promise<object> {
    const year = yearOf(period);
    const upTo = firstCountedUpTo(state);
    const planned = this.plan(period, state, upTo.size === 0 ? rows : await this.earlier.in(rows, upTo));
    const plan = { ...planned.plan, before: shownBefore(state, planned) };
    const cells = await this.tables.of(`typology-geography ${year}`, plan);
    const decided = decidedOf(state, planned, cells, position);
    const command = { type: 'DecideStandings', after: state.decisions, decided } as const;
    return this.aggregates.change(shownTablesAggregate, idOf(year), command, ownCall());
  }

  /** It lists what was counted in any period that is over. */
  private plan(period: string, state: ShownTablesState, rows: readonly CountRow[]): YearPlan {
    const time = calendarOf(yearOf(period), new Set(rows.map(({ month }) => month)), this.clock.now());
    const periods = periodsIn(time);
    demandPeriod(period, periods);
    return yearPlan({
      threshold,
      time: calendarUntil(period, time, (each) => state.periods.has(each)),
      rows: rows.filter(({ month }) => periods.includes(month)),
    });
  }

  private read(year: string): Promise<Counted> {
    return countedCells<CountRow>(
      this.dataSource,
      contactCountsProjection,
      'SELECT * FROM contact_counts WHERE month LIKE $3 ORDER BY month, country, subdivision, measure',
      [`${year}-%`],
    );
  }
}

const idOf = (year: string): string => `typology_geography_${year}`;

/** Who reads is of no concern to what is decided. */
function ownCall(): Call {
  const commandId = randomUUID();
  return { commandId, correlationId: commandId, actor: { kind: 'service', id: 'reporting', roles: [] } };
}
