import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import type { Type } from '@nestjs/common';
import {
  inboxMigration,
  inboxOperationsMigration,
  inboxStepsMigration,
  relayHeldMigration,
  relayMigration,
  relayOrdersMigration,
  relayOrdersOfSeveralMigration,
  relayWindowMigration,
} from '@waymark/messaging';
import { dataKeysMigration } from '@waymark/privacy';
import { type Projection, searchPathOf, viewGenerationsMigration } from '@waymark/projections';
import { CannotReach } from './config.js';
import { noticeClosed, sessionSettings } from './database-sessions.js';
import { endForgottenConnections } from './forgotten-connections.js';
import { FinishErasuresLater1764250000000 } from './erasure/unfinished-erasures.js';
import { TellWhatCannotGoOn1764421000000 } from './failed-work.js';
import { idempotencyMigration, oldAnswersMigration } from './idempotency.js';
import { KnowMessagesByAnyNumber1764411000000, LetTheInboxForget1764180000000 } from './inbox-migrations.js';
import { migrateAlone } from './migrate-alone.js';
import { NoteWhatViewsFold1764412010000 } from './note-what-views-fold.js';
import { processOrdersMigration } from './processes/process-orders.js';

/** Tables that every service keeps in its own database: answers given, inbox and relay; and data keys, until they move (`moveDataKeys`). */
export class CreateServiceTables1760000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [dataKeysMigration, idempotencyMigration, inboxMigration, relayMigration])
      await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE idempotency, data_keys`);
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

/** Table of the generations of the read models, in place of the checkpoints of views that had one generation only. */
export class KeepViewsByGeneration1760000000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS projection_checkpoints');
    await runner.query(viewGenerationsMigration);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE view_generations');
  }
}

/** How many messages a relay has published, so that it sees when its topic holds less. */
export class CountWhatIsPublished1760000000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(relayMigration);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE relay_checkpoint DROP COLUMN published');
  }
}

/** One round trip per message for a consumer, and a memory for messages with which its process dies. */
export class TakeMessagesInOneStep1760000000004 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(inboxStepsMigration);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE inbox_in_hand, inbox_holders');
    await runner.query('DROP FUNCTION inbox_take, inbox_locate');
  }
}

/** Where the windows end in which facts are published. */
export class KeepWindowsOfFacts1760000000029 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(relayWindowMigration);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE relay_window');
  }
}

/** Which facts are held back from their windows until there are enough that look like them. */
export class HoldFactsBack1764246000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(relayHeldMigration);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE relay_held');
  }
}

/** Table of what operators order about processes. */
export class LetOperatorsRetryProcesses1760000000020 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(processOrdersMigration);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE process_orders');
  }
}

/** An index by which answers that are old are found and forgotten. */
export class LetAnswersBeForgotten1764247000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(oldAnswersMigration);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX idempotency_answered_at');
  }
}

/** How far each partition of its topic was seen to reach, so that a relay sees a loss that repeats would hide. */
export class NoteWhereTopicsEnd1764247800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(relayMigration);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE relay_checkpoint DROP COLUMN ends');
  }
}

/** Table of what operators order to be published again. */
export class LetOperatorsOrderPublishingAgain1764252000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(relayOrdersMigration);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE relay_orders');
  }
}

/** Whoever orders that everything be published again is recorded, also while another's order is open. */
export class LetSeveralOrderPublishingAgain1764256000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(relayOrdersOfSeveralMigration);
  }

  async down(): Promise<void> {
    throw new Error('several orders of a relay may be open');
  }
}

/** Under which history of the database's server a relay has published, so that it sees when that was set back. */
export class NoteTheHistoryOfTheServer1764423000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(relayMigration);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE relay_checkpoint DROP COLUMN history');
  }
}

export interface DatabaseOptions {
  readonly url: string;
  readonly service: string;
  readonly migrations: readonly Type<MigrationInterface>[];
  readonly projections: readonly Projection[];
  /** As in `sessionSettings`. */
  readonly idleInTransactionMs?: number;
  /** How long to wait for another process that migrates the same database (default two minutes). */
  readonly migrationWaitMs?: number;
  /** `everyMs` of `endForgottenConnections`. */
  readonly lookEveryMs?: number;
}

/** Opens the service's own database and brings it up to date; several processes may do so at once. */
export async function openDatabase(options: DatabaseOptions): Promise<DataSource> {
  const dataSource = await connectDatabase(options);
  try {
    await migrateAlone(dataSource, options);
    return dataSource;
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
}

/** Opens the service's own database as it is. Queries find the tables of its views as `searchPathOf` says. */
export async function connectDatabase(options: DatabaseOptions): Promise<DataSource> {
  const { projections } = options;
  const applicationName = `waymark-${options.service}`;
  const dataSource = new DataSource({
    type: 'postgres',
    url: options.url,
    entities: projections.flatMap(({ entities = [] }) => [...entities]),
    migrations: [
      CreateServiceTables1760000000000,
      LetOperatorsDealWithDeadLetters1760000000001,
      KeepViewsByGeneration1760000000002,
      CountWhatIsPublished1760000000003,
      TakeMessagesInOneStep1760000000004,
      LetOperatorsRetryProcesses1760000000020,
      KeepWindowsOfFacts1760000000029,
      LetTheInboxForget1764180000000,
      HoldFactsBack1764246000000,
      LetAnswersBeForgotten1764247000000,
      NoteWhereTopicsEnd1764247800000,
      FinishErasuresLater1764250000000,
      LetOperatorsOrderPublishingAgain1764252000000,
      LetSeveralOrderPublishingAgain1764256000000,
      KnowMessagesByAnyNumber1764411000000,
      NoteWhatViewsFold1764412010000,
      TellWhatCannotGoOn1764421000000,
      NoteTheHistoryOfTheServer1764423000000,
      ...options.migrations,
    ],
    synchronize: false,
    poolSize: 12,
    applicationName,
    extra: {
      ...sessionSettings(options.idleInTransactionMs),
      ...endForgottenConnections({ url: options.url, applicationName, everyMs: options.lookEveryMs }),
      options: `-c search_path=${searchPathOf(projections)} ${noticeClosed}`,
    },
  });
  await dataSource.initialize().catch((error: Error) => {
    // PostgreSQL names the role or the database, never the password.
    throw new CannotReach(`${options.service} cannot start: DATABASE_URL: ${error.message || error.name}`);
  });
  return dataSource;
}
