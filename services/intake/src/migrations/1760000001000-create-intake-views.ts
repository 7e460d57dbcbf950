import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tables of the queue, of the receipts by slow hash, of what falls due, and of the buckets against guessing and flooding. */
export class CreateIntakeViews1760000001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE concern_queue (
        concern_id uuid PRIMARY KEY,
        client_id uuid NOT NULL,
        channel text NOT NULL,
        language text NOT NULL,
        country text,
        duty_station text,
        status text NOT NULL,
        priority text,
        immediate_danger boolean NOT NULL,
        waiting boolean NOT NULL,
        contact_at timestamptz NOT NULL,
        due_at timestamptz,
        overdue boolean NOT NULL,
        escalated_to text,
        officer_id text,
        shut_out_people text[] NOT NULL,
        shut_out_roles text[] NOT NULL,
        shut_out_units text[] NOT NULL
      )`);
    await runner.query(
      `CREATE INDEX concern_queue_order ON concern_queue (waiting, immediate_danger DESC, (coalesce(due_at, 'infinity')), concern_id)`,
    );
    await runner.query(`
      CREATE TABLE receipts (
        receipt_hash text PRIMARY KEY,
        concern_id uuid NOT NULL,
        scope text NOT NULL CHECK (scope IN ('reporter', 'client'))
      )`);
    await runner.query(`
      CREATE TABLE response_clocks (
        concern_id uuid NOT NULL,
        command text NOT NULL,
        due_at timestamptz NOT NULL,
        PRIMARY KEY (concern_id, command)
      )`);
    await runner.query('CREATE INDEX response_clocks_due ON response_clocks (due_at)');
    await runner.query(`
      CREATE TABLE token_buckets (
        name text NOT NULL,
        source bytea NOT NULL,
        tokens double precision NOT NULL,
        filled_at timestamptz NOT NULL,
        PRIMARY KEY (name, source)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE concern_queue, receipts, response_clocks, token_buckets');
  }
}
