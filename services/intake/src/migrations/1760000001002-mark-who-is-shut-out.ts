import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The queue holds marks of the people who are shut out in place of their ids. It is emptied, which frees the old rows on the disk,
 * and folded again from the log.
 */
export class MarkWhoIsShutOut1760000001002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await emptyQueue(runner);
    await runner.query(
      'ALTER TABLE concern_queue DROP COLUMN shut_out_people, ADD COLUMN shut_out_marks text[] NOT NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await emptyQueue(runner);
    await runner.query(
      'ALTER TABLE concern_queue DROP COLUMN shut_out_marks, ADD COLUMN shut_out_people text[] NOT NULL',
    );
  }
}

async function emptyQueue(runner: QueryRunner): Promise<void> {
  await runner.query('TRUNCATE concern_queue');
  await runner.query(`DELETE FROM projection_checkpoints WHERE name = 'concern-queue'`);
}
