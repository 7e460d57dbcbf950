import type { DataSource } from 'typeorm';
import type { Clock, Views } from '@waymark/service-kit';
import { contactCountsProjection } from '../fact/projections/contact-counts/contact-counts.projection.js';
import { calendarOf } from './calendar.js';
import { countedCells } from './counted-cells.js';
import type { ProtectedTables } from './protected-tables.js';
import { threshold } from './table-plan.js';
import { type CountRow, type YearFamily, yearPlan } from './year-family.js';

/** The protected family of each year. */
export class YearFamilies {
  constructor(
    private readonly dataSource: DataSource,
    private readonly views: Views,
    private readonly clock: Clock,
    private readonly tables: ProtectedTables,
  ) {}

  async of(year: string): Promise<{ readonly family: YearFamily; readonly position: string }> {
    await this.views.caughtUp();
    const { rows, position } = await this.read(year);
    const time = calendarOf(year, new Set(rows.map(({ month }) => month)), this.clock.now());
    const { plan, ...described } = yearPlan({ threshold, time, rows });
    const shown = await this.tables.shownOf(`typology-geography ${year}`, plan);
    return { family: { ...described, shown }, position };
  }

  private read(year: string) {
    return countedCells<CountRow>(
      this.dataSource,
      contactCountsProjection,
      'SELECT * FROM contact_counts WHERE month LIKE $3 ORDER BY month, country, subdivision, measure',
      [`${year}-%`],
    );
  }
}
