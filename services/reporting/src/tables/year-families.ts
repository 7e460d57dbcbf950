import type { DataSource } from 'typeorm';
import type { Clock, Views } from '@waymark/service-kit';
import { yearFamily, type YearFamily } from './year-family.js';

/** Cells under this are not shown. */
export const threshold = 5;

interface Kept {
  readonly at: string;
  readonly family: Promise<YearFamily>;
}

/** Keeps the protected family of each year until the counts have moved on or a month has ended. */
export class YearFamilies {
  private readonly kept = new Map<string, Kept>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly views: Views,
    private readonly clock: Clock,
  ) {}

  async of(year: string): Promise<{ readonly family: YearFamily; readonly position: string }> {
    const position = await this.position();
    const now = this.clock.now();
    const at = `${position} ${now.slice(0, 7)}`;
    const known = this.kept.get(year);
    if (known?.at === at) return { family: await known.family, position };
    const family = yearFamily(this.dataSource, year, now, threshold);
    this.kept.set(year, { at, family });
    family.catch(() => this.kept.delete(year));
    return { family: await family, position };
  }

  /** Position of the last fact that the counts hold. */
  private async position(): Promise<string> {
    await this.views.caughtUp();
    const rows = await this.dataSource.query<{ position: string }[]>(
      `SELECT position FROM projection_checkpoints WHERE name = 'contact-counts' ORDER BY version DESC LIMIT 1`,
    );
    return rows[0]?.position ?? '0';
  }
}
