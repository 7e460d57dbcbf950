import type { MigrationInterface, QueryRunner } from 'typeorm';
import { dueWorkColumns } from '@waymark/service-kit';

/** How often a bell of a clock has failed, and when it is tried again. */
export class LetClocksFailAlone1760000001001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(dueWorkColumns('response_clocks'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE response_clocks DROP COLUMN failures, DROP COLUMN try_at');
  }
}
