import { createHash } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { tablesIn } from './create-generation.js';
import { type Generation, schemaOf } from './generation.js';

/**
 * One value for the content of all tables of a generation: the same for the same rows, in whatever order they were written. Two
 * generations that differ have different ones but for chance (128 bits a row, added up); it is no proof against a forger.
 * `without` names columns that are not the fold's (`notFolded`).
 */
export async function digestOf(
  dataSource: DataSource,
  generation: Generation,
  without: readonly string[] = [],
): Promise<string> {
  const schema = schemaOf(generation);
  const hash = createHash('sha256');
  for (const table of await tablesIn(dataSource, schema)) {
    // Added up in halves, so that no row has to wait for another and nothing is sorted.
    const half = (from: number) => `coalesce(sum(('x' || substr(row, ${from}, 16))::bit(64)::bigint::numeric), 0)`;
    const [sums] = await dataSource.query<object[]>(
      `SELECT count(*) AS rows, ${half(1)} AS first, ${half(17)} AS second
       FROM (SELECT md5((to_jsonb(t) - $1::text[])::text) AS row FROM "${schema}"."${table}" AS t) AS hashed`,
      [without],
    );
    hash.update(JSON.stringify([table, sums]));
  }
  return hash.digest('hex');
}
