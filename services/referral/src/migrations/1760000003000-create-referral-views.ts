import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tables of the local copy of case teams, and of the consents withdrawn. */
export class CreateReferralViews1760000003000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE case_teams (
        case_id uuid PRIMARY KEY,
        client_id uuid NOT NULL,
        team text[] NOT NULL,
        changed_at timestamptz NOT NULL
      )`);
    await runner.query('CREATE INDEX case_teams_team ON case_teams USING gin (team)');
    await runner.query(`
      CREATE TABLE withdrawn_consents (
        consent_id uuid PRIMARY KEY,
        withdrawn_at timestamptz NOT NULL,
        message_id text NOT NULL,
        correlation_id text NOT NULL
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE case_teams, withdrawn_consents');
  }
}
