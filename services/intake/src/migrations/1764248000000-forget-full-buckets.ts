import type { MigrationInterface, QueryRunner } from 'typeorm';

/** An index by which buckets that are full again are found and forgotten. */
export class ForgetFullBuckets1764248000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX token_buckets_filled_at ON token_buckets (name, filled_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX token_buckets_filled_at');
  }
}
