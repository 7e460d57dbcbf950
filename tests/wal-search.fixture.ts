import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { Haystack } from './canary-search.fixture.js';

const pageSize = 8192;

/** What a PostgreSQL writes to its write-ahead log from now on. */
export interface FollowedWal {
  /** All of it so far, byte for byte, as Latin-1. */
  read(): Promise<Haystack>;
  end(): Promise<void>;
}

/** Needs a superuser's address. A replication slot keeps the files from being recycled meanwhile. */
export async function followWal(adminUrl: string): Promise<FollowedWal> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  const slot = `canaries_${randomBytes(6).toString('hex')}`;
  await client.query('SELECT pg_create_physical_replication_slot($1, true)', [slot]);
  const here = () => positionOf(client, 'pg_current_wal_insert_lsn()');
  const from = await here();
  return {
    read: async () => {
      const to = await here();
      // Writes out and closes the file: what was committed without waiting for the disk is in it as well.
      await client.query('SELECT pg_switch_wal()');
      return { place: 'write-ahead log', text: (await readFiles(client, from, to)).toString('latin1') };
    },
    end: async () => {
      await client.query('SELECT pg_drop_replication_slot($1)', [slot]);
      await client.end();
    },
  };
}

interface Position {
  readonly file: string;
  readonly offset: number;
}

async function positionOf(client: pg.Client, lsn: string): Promise<Position> {
  const { rows } = await client.query<Position>(
    `SELECT file_name AS file, file_offset AS offset FROM pg_walfile_name_offset(${lsn})`,
  );
  const [position] = rows;
  if (!position) throw new Error('no position of the write-ahead log');
  return position;
}

async function readFiles(client: pg.Client, from: Position, to: Position): Promise<Buffer> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT name FROM pg_ls_waldir() WHERE name ~ '^[0-9A-F]{24}$' AND name BETWEEN $1 AND $2 ORDER BY name`,
    [from.file, to.file],
  );
  const parts: Buffer[] = [];
  for (const { name } of rows) {
    const read = await client.query<{ bytes: Buffer }>('SELECT pg_read_binary_file($1) AS bytes', [`pg_wal/${name}`]);
    const bytes = read.rows[0]?.bytes ?? Buffer.alloc(0);
    const begin = name === from.file ? from.offset - (from.offset % pageSize) : 0;
    parts.push(withoutPageHeaders(bytes, begin, name === to.file ? to.offset : bytes.length));
  }
  return Buffer.concat(parts);
}

/** A record that goes on over the end of a page is in one piece without the headers: 40 bytes on a file's first page, 24 on others. */
function withoutPageHeaders(bytes: Buffer, begin: number, end: number): Buffer {
  const pages: Buffer[] = [];
  for (let page = begin; page < end; page += pageSize)
    pages.push(bytes.subarray(page + (page === 0 ? 40 : 24), Math.min(page + pageSize, end)));
  return Buffer.concat(pages);
}
