import type { EventEmitter } from 'node:events';
import { DataSource, type MigrationInterface } from 'typeorm';
import { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import type { Type } from '@nestjs/common';
import { inboxMigration, inboxOperationsMigration, relayMigration } from '@waymark/messaging';
import { dataKeysMigration } from '@waymark/privacy';
import { projectionsMigration } from '@waymark/projections';
import { ConfigError } from './config.js';
import { idempotencyMigration } from './idempotency.js';
import type { QueryRunner } from 'typeorm';

/** Tables that every service keeps in its own database: data keys, answers given, inbox, relay and projection checkpoints. */
export class CreateServiceTables1760000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [dataKeysMigration, idempotencyMigration, inboxMigration, relayMigration, projectionsMigration])
      await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE idempotency, projection_checkpoints, data_keys`);
  }
}

/** What operators need to deal with dead letters. */
export class LetOperatorsDealWithDeadLetters1760000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(inboxOperationsMigration);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE inbox_orders');
  }
}

/** Opens the service's own database and brings it up to date; several processes may do so at once. */
export async function openDatabase(options: {
  readonly url: string;
  readonly service: string;
  readonly entities: readonly Type[];
  readonly migrations: readonly Type<MigrationInterface>[];
}): Promise<DataSource> {
  const dataSource = new DataSource({
    type: 'postgres',
    url: options.url,
    entities: [...options.entities],
    migrations: [CreateServiceTables1760000000000, LetOperatorsDealWithDeadLetters1760000000001, ...options.migrations],
    synchronize: false,
    poolSize: 12,
    applicationName: `waymark-${options.service}`,
    extra: { connectionTimeoutMillis: 10_000 },
  });
  await dataSource.initialize().catch((error: Error) => {
    // PostgreSQL names the role or the database, never the password.
    throw new ConfigError(`${options.service} cannot start: DATABASE_URL: ${error.message || error.name}`);
  });
  // A connection that breaks in the instant between the pool and its borrower has no listener, and would end the process.
  if (dataSource.driver instanceof PostgresDriver) {
    const pool: EventEmitter = dataSource.driver.master;
    pool.on('connect', (client: EventEmitter) => client.on('error', () => undefined));
  }
  await migrate(dataSource);
  return dataSource;
}

const migrationLock = 7_291_001;

async function migrate(dataSource: DataSource): Promise<void> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.query('SELECT pg_advisory_lock($1)', [migrationLock]);
    await dataSource.runMigrations({ transaction: 'each' });
  } finally {
    await runner.query('SELECT pg_advisory_unlock($1)', [migrationLock]).catch(() => undefined);
    await runner.release();
  }
}
