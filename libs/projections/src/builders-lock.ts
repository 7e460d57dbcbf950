import type { DataSource, EntityManager } from 'typeorm';
import type { Projection } from './projection.js';

/** Another process builds, switches or drops this version of the view just now. */
export class BeingBuilt extends Error {
  override readonly name = 'BeingBuilt';
}

const breathEveryMs = 10_000;
const keyOf = (view: string, version: number): string => `waymark view ${view} v${version}`;

/**
 * Does `work` while no other process builds, switches or drops this version of the view; throws `BeingBuilt` when one does. A
 * builder whose machine has vanished is forgotten after a minute. The lock saves work and is not what keeps the tables right: that
 * is the checkpoint, which commits with the rows.
 */
export async function withBuildersLock<Result>(
  dataSource: DataSource,
  { name, version }: Pick<Projection, 'name' | 'version'>,
  work: () => Promise<Result>,
): Promise<Result> {
  const runner = dataSource.createQueryRunner();
  const key = [keyOf(name, version)];
  try {
    const [row]: [{ readonly locked: boolean }] = await runner.query(
      'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS locked',
      key,
    );
    if (!row.locked) throw new BeingBuilt(`${name} version ${version} is being built or switched by another process`);
    await runner.query(`SET idle_session_timeout = '60s'`);
    const breath = setInterval(() => void runner.query('SELECT 1').catch(() => undefined), breathEveryMs);
    try {
      return await work();
    } finally {
      clearInterval(breath);
      await runner.query('RESET idle_session_timeout').catch(() => undefined);
      await runner.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', key).catch(() => undefined);
    }
  } finally {
    await runner.release();
  }
}

/** Whether somebody has the builders' lock; if not, nobody gets it before the transaction ends. */
export async function isBuilt(
  manager: EntityManager,
  { view, version }: { readonly view: string; readonly version: number },
): Promise<boolean> {
  const [row] = await manager.query<{ locked: boolean }[]>(
    'SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS locked',
    [keyOf(view, version)],
  );
  return row?.locked !== true;
}
