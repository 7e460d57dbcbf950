import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whose tokens of before a moment are no longer good; the newest of each person counts. */
export class CreateAccessRevocations1764160000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE access_revocations (
        command_id uuid PRIMARY KEY,
        person_id text NOT NULL,
        before timestamptz NOT NULL DEFAULT clock_timestamp()
      )`);
    await runner.query('CREATE INDEX access_revocations_before ON access_revocations (before)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE access_revocations');
  }
}
