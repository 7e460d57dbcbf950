import type { MigrationInterface, QueryRunner } from 'typeorm';
import { viewCategoriesMigration } from '@waymark/projections';

/** What views are folded from, so that those of other releases are known to be behind. */
export class NoteWhatViewsFold1764412010000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(viewCategoriesMigration);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE view_generations DROP COLUMN categories');
  }
}
