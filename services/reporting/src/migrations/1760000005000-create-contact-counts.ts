import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Counts of contacts by month, place and measure, from which every table is made. */
export class CreateContactCounts1760000005000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE contact_counts (
        month text NOT NULL,
        country text NOT NULL,
        subdivision text NOT NULL,
        measure text NOT NULL,
        contacts integer NOT NULL,
        PRIMARY KEY (month, country, subdivision, measure)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE contact_counts');
  }
}
