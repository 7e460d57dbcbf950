import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Table of the buckets against guessing and flooding. */
export class CreateIntakeViews1760000001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE token_buckets (
        name text NOT NULL,
        source bytea NOT NULL,
        tokens double precision NOT NULL,
        filled_at timestamptz NOT NULL,
        PRIMARY KEY (name, source)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE token_buckets');
  }
}
