import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tables that say which streams of the log are about which client, and which stream takes its client from which other. */
export class CreateClientIndex1760000006000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE client_streams (
        stream text NOT NULL,
        client_id uuid NOT NULL,
        PRIMARY KEY (stream, client_id)
      )`);
    await runner.query('CREATE INDEX client_streams_client ON client_streams (client_id)');
    await runner.query(`
      CREATE TABLE stream_links (
        refers_to text NOT NULL,
        stream text NOT NULL,
        PRIMARY KEY (refers_to, stream)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE client_streams, stream_links');
  }
}
