import type { DataSource, EntityManager } from 'typeorm';
import { findGeneration, type Generation, generationsOf, pathTo, schemaOf } from './generation.js';
import type { Projection } from './projection.js';

/** Makes the tables of a view that has none yet, and says that they are live; leaves one alone that has some. */
export async function foundView(dataSource: DataSource, projection: Projection): Promise<void> {
  await dataSource.transaction(async (manager) => {
    await oneAtATime(manager, projection);
    if ((await generationsOf(manager, projection.name)).length > 0) return;
    await create(manager, projection, 'live');
  });
}

/** The generation that is being built; begins one if there is none. */
export const beginGeneration = (dataSource: DataSource, projection: Projection): Promise<Generation> =>
  dataSource.transaction(async (manager) => {
    await oneAtATime(manager, projection);
    return (await findGeneration(manager, projection, 'building')) ?? (await create(manager, projection, 'building'));
  });

/** Two instances of a service may start at once. */
const oneAtATime = (manager: EntityManager, { name }: Projection): Promise<unknown> =>
  manager.query(`SELECT pg_advisory_xact_lock(hashtextextended('waymark tables of ' || $1, 0))`, [name]);

async function create(manager: EntityManager, projection: Projection, state: 'building' | 'live'): Promise<Generation> {
  const { name: view, version, tables } = projection;
  const [row] = await manager.query<{ id: number }[]>(
    'INSERT INTO view_generations (view, version, state) VALUES ($1, $2, $3) RETURNING id',
    [view, version, state],
  );
  const generation: Generation = { id: row?.id ?? 0, view, version, state, position: 0n };
  const schema = schemaOf(generation);
  await manager.query(`CREATE SCHEMA "${schema}"`);
  await manager.query(`SELECT set_config('search_path', $1, true)`, [pathTo(schema)]);
  await manager.query(tables);
  // Releases before this one kept the tables in `public`, which comes first in every search path.
  for (const table of await tablesIn(manager, schema)) await manager.query(`DROP TABLE IF EXISTS public."${table}"`);
  return generation;
}

export async function tablesIn(database: DataSource | EntityManager, schema: string): Promise<readonly string[]> {
  const rows = await database.query<{ name: string }[]>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = $1 ORDER BY 1`,
    [schema],
  );
  return rows.map(({ name }) => name);
}

/** Whether whoever reads the tables of `wanted` finds all that they look for in those of `found`. */
export async function canStandInFor(dataSource: DataSource, found: string, wanted: string): Promise<boolean> {
  const columns = `SELECT table_name, column_name, udt_name FROM information_schema.columns WHERE table_schema =`;
  const [row] = await dataSource.query<{ same: boolean }[]>(
    `SELECT NOT EXISTS (${columns} $1 EXCEPT ${columns} $2) AS same`,
    [wanted, found],
  );
  return row?.same ?? false;
}
