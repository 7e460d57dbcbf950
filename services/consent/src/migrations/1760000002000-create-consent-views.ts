import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Table of the local copy of case teams. */
export class CreateConsentViews1760000002000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE case_teams (
        case_id uuid PRIMARY KEY,
        client_id uuid NOT NULL,
        team text[] NOT NULL,
        changed_at timestamptz NOT NULL
      )`);
    await runner.query('CREATE INDEX case_teams_client ON case_teams (client_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE case_teams');
  }
}
