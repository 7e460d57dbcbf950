import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Table of the local copy of where the referrals of a case stand. */
export class CreateCaseReferrals1760000002000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE case_referrals (
        referral_id uuid PRIMARY KEY,
        case_id uuid NOT NULL,
        status text NOT NULL
      )`);
    await runner.query('CREATE INDEX case_referrals_of_case ON case_referrals (case_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE case_referrals');
  }
}
