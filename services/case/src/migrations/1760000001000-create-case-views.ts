import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Table of the cases with their teams, found by member, by client and by concern. */
export class CreateCaseViews1760000001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE cases (
        case_id uuid PRIMARY KEY,
        concern_id uuid NOT NULL,
        client_id uuid NOT NULL,
        case_code text NOT NULL,
        stage text NOT NULL,
        officer_id text NOT NULL,
        team text[] NOT NULL,
        review_due_at timestamptz,
        opened_at timestamptz NOT NULL
      )`);
    await runner.query(`CREATE INDEX cases_order ON cases ((coalesce(review_due_at, '-infinity')), case_id)`);
    await runner.query('CREATE INDEX cases_team ON cases USING gin (team)');
    await runner.query('CREATE INDEX cases_client ON cases (client_id)');
    await runner.query('CREATE INDEX cases_concern ON cases (concern_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE cases');
  }
}
