import { isLockFailure } from '@waymark/projections';
import type { DataSource, QueryRunner } from 'typeorm';
import { CannotReach } from './config.js';

const migrationLock = 7_291_001;

interface MigrationOptions {
  readonly service: string;
  /** How long to wait for another process that migrates the same database (default two minutes). */
  readonly migrationWaitMs?: number;
}

/** Brings a service's database up to date, one process at a time; says who is at it where that takes too long. */
export async function migrateAlone(
  dataSource: DataSource,
  { service, migrationWaitMs = 120_000 }: MigrationOptions,
): Promise<void> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.query(`SELECT set_config('lock_timeout', $1, false)`, [`${migrationWaitMs}ms`]);
    await runner.query('SELECT pg_advisory_lock($1)', [migrationLock]).catch(async (error: unknown) => {
      if (!isLockFailure(error)) throw error;
      throw new CannotReach(
        `${service} cannot start: DATABASE_URL: ${await whoMigrates(runner)} has been migrating it for more than ${migrationWaitMs / 1_000} s. Wait for it, or see what it waits for (pg_stat_activity)`,
      );
    });
    await runner.query('RESET lock_timeout');
    await dataSource.runMigrations({ transaction: 'each' });
  } finally {
    await runner.query('SELECT pg_advisory_unlock($1)', [migrationLock]).catch(() => undefined);
    await runner.release();
  }
}

async function whoMigrates(runner: QueryRunner): Promise<string> {
  const [holder]: readonly { readonly pid: number; readonly application_name: string }[] = await runner.query(
    `SELECT pid, application_name FROM pg_locks JOIN pg_stat_activity USING (pid)
     WHERE locktype = 'advisory' AND granted AND objid = $1
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    [migrationLock],
  );
  return holder ? `session ${holder.pid} (${holder.application_name})` : 'another process';
}
