import pg from 'pg';

/** So many bytes of it in a row are no accident, also where the rest was written over. */
const piece = 16;

/**
 * Which files of a database hold any piece of these bytes, after all that PostgreSQL has in memory is on the disk. Needs the address of
 * a superuser. The write-ahead log is no such file.
 */
export async function filesHolding(adminUrl: string, bytes: Buffer): Promise<readonly string[]> {
  const pieces = Array.from({ length: bytes.length - piece + 1 }, (_, at) => bytes.subarray(at, at + piece));
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query('CHECKPOINT');
    const { rows } = await client.query<{ name: string; content: Buffer | null }>(
      `SELECT name, pg_read_binary_file('base/' || oid || '/' || name, 0, 1000000000, true) AS content
       FROM (SELECT oid FROM pg_database WHERE datname = current_database()) AS d, pg_ls_dir('base/' || oid) AS name`,
    );
    return rows
      .filter(({ content }) => pieces.some((each) => content?.includes(each)))
      .map(({ name }) => name)
      .sort();
  } finally {
    await client.end();
  }
}
