import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Table of the bookmark: up to where in the log accesses have been looked at for odd reading. */
export class CreateReadingWatch1760000006000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE reading_watch (
        is_single boolean PRIMARY KEY DEFAULT true CHECK (is_single),
        position bigint NOT NULL
      )`);
    await runner.query('INSERT INTO reading_watch (position) VALUES (0)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE reading_watch');
  }
}
