import type { MigrationInterface, QueryRunner } from 'typeorm';
import { dueWorkColumns } from '@waymark/service-kit';

/** How often a bell of a clock has failed, and when it is tried again. */
export class LetClocksFailAlone1760000002001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(dueWorkColumns('consent_clocks'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE consent_clocks DROP COLUMN failures, DROP COLUMN try_at');
  }
}
