import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';
import type { Instant } from '@waymark/event-sourcing';
import type { Call } from '../aggregate.js';
import { dueWorkColumns } from '../due-work.js';
import type { SubjectErased } from './erasure-register.js';

/** Table of erasures of which the key is gone, and that could not be finished at once. Ids and times only. */
const unfinishedErasuresMigration = `
  CREATE TABLE unfinished_erasures (
    erasure_id uuid PRIMARY KEY,
    erased jsonb NOT NULL,
    call jsonb NOT NULL,
    due_at timestamptz NOT NULL
  );
  ${dueWorkColumns('unfinished_erasures')}`;

/** Table of erasures that wait. */
export class FinishErasuresLater1764250000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(unfinishedErasuresMigration);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE unfinished_erasures');
  }
}

/** What is left to do, by the call that the message was: to clear what tells of the person, and the note of what was erased. */
export interface UnfinishedErasure {
  readonly erased: SubjectErased;
  readonly call: Call;
}

/** May be repeated: of one erasure the first stays. */
export async function finishLater(
  dataSource: Pick<DataSource, 'query'>,
  { erased, call, dueAt }: UnfinishedErasure & { readonly dueAt: Instant },
): Promise<void> {
  await dataSource.query(
    'INSERT INTO unfinished_erasures (erasure_id, erased, call, due_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING',
    [erased.erasureId, JSON.stringify(erased), JSON.stringify(call), dueAt],
  );
}
