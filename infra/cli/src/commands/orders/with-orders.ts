import type { TableOfOrders } from '@waymark/service-kit';
import type { EntityManager } from 'typeorm';
import { WrongUse } from '../../exit-codes.js';
import { withDatabase } from '../../service-database.js';
import type { Target } from '../target.js';

/** Opens a service's database, and nothing else of it: orders can be looked at when its keys and the log are away. */
export async function withOrders<Result>(
  { definition, environment }: Target,
  work: (manager: EntityManager, tables: readonly TableOfOrders[]) => Promise<Result>,
): Promise<Result> {
  const { ConfigError, environmentOfService, readEnvironment, tablesOfOrders, viewSettings } =
    await import('@waymark/service-kit');
  const { DATABASE_URL } = viewSettings;
  try {
    const settings = readEnvironment(definition.name, environment, {
      ...environmentOfService(definition.name),
      DATABASE_URL,
    });
    return await withDatabase(settings.DATABASE_URL, 'process_orders', (manager) => work(manager, tablesOfOrders));
  } catch (error) {
    throw error instanceof ConfigError ? new WrongUse(error.message, { cause: error }) : error;
  }
}
