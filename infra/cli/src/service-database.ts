import type { Option } from 'commander';
import { isTemporary } from '@waymark/messaging';
import { DataSource, type EntityManager } from 'typeorm';
import { DatabaseUnreachable, exitCodeOf, WrongUse } from './exit-codes.js';
import { addressOption, demand } from './log-address.js';

export const databaseOption = (): Option =>
  addressOption('database', 'DATABASE_URL', "PostgreSQL address of the service's own database");

/** Opens a service's own database, which must be of a release that has this table. */
export async function withDatabase<Result>(
  address: string | undefined,
  table: 'inbox_orders' | 'relay_orders' | 'process_orders',
  work: (manager: EntityManager) => Promise<Result>,
): Promise<Result> {
  const url = demand(address, 'database', 'DATABASE_URL');
  const dataSource = new DataSource({
    type: 'postgres',
    url,
    applicationName: 'waymark-cli',
    poolSize: 1,
    extra: { connectionTimeoutMillis: 10_000 },
  });
  await dataSource.initialize().catch((error: Error) => {
    throw unreachable(error);
  });
  try {
    const [found] = await dataSource.query<{ orders: string | null }[]>('select to_regclass($1)::text as orders', [
      table,
    ]);
    if (!found?.orders) throw new WrongUse('this is not the database of a service, or of one of an earlier release');
    return await work(dataSource.manager);
  } catch (error) {
    throw asUnreachable(error);
  } finally {
    await dataSource.destroy();
  }
}

const unreachable = (error: Error): DatabaseUnreachable =>
  new DatabaseUnreachable(`the database cannot be reached: ${error.message || error.name}`, { cause: error });

/** The error itself, unless all that it says is that a database has gone away. */
export const asUnreachable = (error: unknown): unknown =>
  error instanceof Error && exitCodeOf(error) === undefined && isTemporary(error) ? unreachable(error) : error;
