import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The cases of a client are looked for by whoever asks for a referral of one of them. */
export class FindCasesByClient1764324000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX case_teams_client ON case_teams (client_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX case_teams_client');
  }
}
