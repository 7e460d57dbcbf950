import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Beside who works on a case: the revision of the case at which it was so. */
export class AddTeamRevision1764249000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE case_teams ADD COLUMN revision bigint');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE case_teams DROP COLUMN revision');
  }
}
