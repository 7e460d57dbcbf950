import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The copy of the consents withdrawn is not needed any more: a withdrawal is applied to the referrals themselves. */
export class ForgetWithdrawnConsents1760000003020 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE withdrawn_consents');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE withdrawn_consents (
        consent_id uuid PRIMARY KEY,
        withdrawn_at timestamptz NOT NULL,
        message_id text NOT NULL,
        correlation_id text NOT NULL
      )`);
  }
}
