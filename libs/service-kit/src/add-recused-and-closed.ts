import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Beside who works on a case: who has recused from it, for ever, and since when it is closed. */
export class AddRecusedAndClosed1764244800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      "ALTER TABLE case_teams ADD COLUMN recused text[] NOT NULL DEFAULT '{}', ADD COLUMN closed_at timestamptz",
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE case_teams DROP COLUMN recused, DROP COLUMN closed_at');
  }
}
