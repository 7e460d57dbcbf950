import { createHash } from 'node:crypto';
import type { DataSource } from 'typeorm';
import type { Clock, Views } from '@waymark/service-kit';
import { contactCountsProjection } from '../fact/projections/contact-counts/contact-counts.projection.js';
import { calendarOf } from './calendar.js';
import type { CountRow, YearCounts, YearFamily } from './year-family.js';

/** Cells under this are not shown. */
export const threshold = 5;

interface Kept {
  readonly of: string;
  readonly family: Promise<YearFamily>;
}

/** The protected family of each year, computed once for the same counts: also for those who ask while it is under way. */
export class YearFamilies {
  private readonly kept = new Map<string, Kept>();
  private computing: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly dataSource: DataSource,
    private readonly views: Views,
    private readonly clock: Clock,
    private readonly protect: (counts: YearCounts) => Promise<YearFamily>,
  ) {}

  async of(year: string): Promise<{ readonly family: YearFamily; readonly position: string }> {
    await this.views.caughtUp();
    const { rows, position } = await this.read(year);
    const time = calendarOf(year, new Set(rows.map(({ month }) => month)), this.clock.now());
    return { family: await this.familyOf(year, { threshold, time, rows }), position };
  }

  private familyOf(year: string, counts: YearCounts): Promise<YearFamily> {
    const of = createHash('sha256').update(JSON.stringify(counts)).digest('hex');
    const known = this.kept.get(year);
    if (known?.of === of) return known.family;
    // One after the other: several at once would only take the processor from each other.
    const family = this.computing.then(() => this.protect(counts));
    this.computing = family.catch(() => undefined);
    const kept = { of, family };
    this.kept.set(year, kept);
    family.catch(() => {
      if (this.kept.get(year) === kept) this.kept.delete(year);
    });
    return family;
  }

  /** The counts of a year and the position of the log that they hold, as of one moment: one statement. */
  private async read(year: string): Promise<{ readonly rows: readonly CountRow[]; readonly position: string }> {
    const [found] = await this.dataSource.query<{ position: string | null; rows: CountRow[] }[]>(
      `SELECT
         (SELECT position FROM view_generations WHERE view = $2 AND version <= $3 AND state = 'live'
           ORDER BY version DESC LIMIT 1) AS position,
         (SELECT coalesce(json_agg(c ORDER BY month, country, subdivision, measure), '[]')
           FROM contact_counts c WHERE month LIKE $1) AS rows`,
      [`${year}-%`, contactCountsProjection.name, contactCountsProjection.version],
    );
    return { rows: found?.rows ?? [], position: found?.position ?? '0' };
  }
}
