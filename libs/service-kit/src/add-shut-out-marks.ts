import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Beside who works on a case: its concern, and the marks of whom the reporter shuts out. Cases known from before have none. */
export class AddShutOutMarks1764230400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      "ALTER TABLE case_teams ADD COLUMN concern_id uuid, ADD COLUMN shut_out text[] NOT NULL DEFAULT '{}'",
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE case_teams DROP COLUMN concern_id, DROP COLUMN shut_out');
  }
}
