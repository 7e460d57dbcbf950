import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Beside who works on a case: who has recused from it, for ever. */
export class AddRecused1764244800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query("ALTER TABLE case_teams ADD COLUMN recused text[] NOT NULL DEFAULT '{}'");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE case_teams DROP COLUMN recused');
  }
}
