import type { DataSource } from 'typeorm';
import type { Projection } from '@waymark/projections';

/** Counts, and the position of the log that they hold. */
export interface CountedCells<Row> {
  readonly rows: readonly Row[];
  readonly position: string;
}

/** Counts of a view as of one moment: one statement. `cells` is a SELECT, with parameters from `$3` on. */
export async function countedCells<Row>(
  dataSource: DataSource,
  { name, version }: Pick<Projection, 'name' | 'version'>,
  cells: string,
  parameters: readonly unknown[] = [],
): Promise<CountedCells<Row>> {
  const [found] = await dataSource.query<{ position: string | null; rows: Row[] }[]>(
    `SELECT
       (SELECT position FROM view_generations WHERE view = $1 AND version <= $2 AND state = 'live'
         ORDER BY version DESC LIMIT 1) AS position,
       (SELECT coalesce(json_agg(c), '[]') FROM (${cells}) AS c) AS rows`,
    [name, version, ...parameters],
  );
  return { rows: found?.rows ?? [], position: found?.position ?? '0' };
}
