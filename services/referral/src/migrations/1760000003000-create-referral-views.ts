import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tables of the referrals with what is due, of the local copy of case teams, and of the consents withdrawn. */
export class CreateReferralViews1760000003000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE referrals (
        referral_id uuid PRIMARY KEY,
        case_id uuid NOT NULL,
        client_id uuid NOT NULL,
        unit text NOT NULL,
        service text NOT NULL,
        urgency text NOT NULL,
        status text NOT NULL,
        drafted_at timestamptz NOT NULL,
        sent_at timestamptz,
        consent_id uuid,
        due_at timestamptz,
        notice text
      )`);
    await runner.query(
      `CREATE INDEX referrals_of_unit ON referrals (unit, (coalesce(due_at, 'infinity')), referral_id) WHERE sent_at IS NOT NULL`,
    );
    await runner.query(
      `CREATE INDEX referrals_of_case ON referrals (case_id, (coalesce(due_at, 'infinity')), referral_id)`,
    );
    await runner.query('CREATE INDEX referrals_under_consent ON referrals (consent_id, status)');
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
    await runner.query('DROP TABLE referrals, case_teams, withdrawn_consents');
  }
}
