import { createHash } from 'node:crypto';
import pg from 'pg';
import type { EventToAppend } from '@waymark/event-store';
import type { FreshDatabase } from '../bench-server.js';
import type { SystemUnderBench } from './systems.js';

const table = `
  create table raw (
    position bigint generated always as identity primary key,
    stream_id text not null, category text not null, revision bigint not null, event_id uuid not null unique,
    type text not null, schema_version integer not null, data text not null, metadata text not null,
    recorded_at timestamptz not null, content_hash bytea not null, hash bytea not null,
    unique (stream_id, revision)
  );
  create index on raw (category, position)`;

const columns = `stream_id, category, revision, event_id, type, schema_version, data, metadata, recorded_at, content_hash, hash`;
const digest = createHash('sha256').digest();

/**
 * The limit: the same rows into the same columns and indexes by a prepared INSERT over the same driver, and read by plain
 * queries. It checks nothing, chains nothing, and its readers would skip what commits late.
 */
export async function openRaw({ url }: FreshDatabase): Promise<SystemUnderBench> {
  const pool = new pg.Pool({ connectionString: url, max: 64 });
  // The server ends what is left of a run that failed.
  pool.on('error', () => undefined);
  await pool.query(table);
  const valuesOf = (stream: string, holds: number, events: readonly EventToAppend[]): unknown[] =>
    events.flatMap((event, index) => [
      ...[stream, 'concern', holds + index, event.id, event.type, event.schemaVersion],
      ...[JSON.stringify(event.data), JSON.stringify(event.metadata), new Date(), digest, digest],
    ]);
  const rowsOf = (count: number): string =>
    Array.from(
      { length: count },
      (_, row) => `(${Array.from({ length: 11 }, (__, column) => `$${row * 11 + column + 1}`).join(', ')})`,
    ).join(', ');
  return {
    name: 'raw',
    append: async (stream, holds, events) => {
      await pool.query({
        name: `insert-${events.length}`,
        text: `insert into raw (${columns}) values ${rowsOf(events.length)}`,
        values: valuesOf(stream, holds, events),
      });
    },
    readStream: async (stream) => {
      const text = 'select * from raw where stream_id = $1 order by revision';
      return (await pool.query({ name: 'stream', text, values: [stream] })).rows.length;
    },
    readAll: async (atMost) => {
      let count = 0;
      for (let after = '0'; count < atMost;) {
        const { rows } = await pool.query<{ position: string }>({
          name: 'all',
          text: 'select * from raw where position > $1 order by position limit $2',
          values: [after, Math.min(5_000, atMost - count)],
        });
        const last = rows.at(-1);
        if (!last) break;
        count += rows.length;
        after = last.position;
      }
      return count;
    },
    close: () => pool.end(),
  };
}
