import pg from 'pg';

/** Does `work` on a connection to a database, which is closed afterwards. */
export async function connected<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Lets a role connect to a database. */
export const allowConnect = (databaseUrl: string, role: string): Promise<unknown> =>
  connected(databaseUrl, (client) =>
    client.query(
      `GRANT CONNECT ON DATABASE ${client.escapeIdentifier(client.database ?? '')} TO ${client.escapeIdentifier(role)}`,
    ),
  );

/** Makes a database unless it is there; answers the admin's address of it. */
export async function makeDatabase(adminUrl: string, name: string, owner?: string): Promise<string> {
  await connected(adminUrl, async (client) => {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (!rowCount) await client.query(`CREATE DATABASE "${name}" ${owner ? `OWNER "${owner}"` : ''}`);
    await client.query(`REVOKE CONNECT ON DATABASE "${name}" FROM PUBLIC`);
  });
  return addressOf(adminUrl, name);
}

/** The address of another database of the same server, for another user if one is named. */
export function addressOf(adminUrl: string, name: string, user?: string, password?: string): string {
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  if (user !== undefined) url.username = user;
  if (password !== undefined) url.password = password;
  return url.toString();
}
