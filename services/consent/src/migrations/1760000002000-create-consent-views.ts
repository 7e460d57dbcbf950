import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tables of the local copy of case teams, and of when consents run out. */
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
    await runner.query(`
      CREATE TABLE consent_clocks (
        consent_id uuid PRIMARY KEY,
        client_id uuid NOT NULL,
        due_at timestamptz NOT NULL
      )`);
    await runner.query('CREATE INDEX consent_clocks_due ON consent_clocks (due_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE case_teams, consent_clocks');
  }
}
