import pg from 'pg';
import { busFunctions, busSchema } from './schema.js';

async function withClient<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function inTransaction(client: pg.Client, work: () => Promise<void>): Promise<void> {
  await client.query('begin');
  try {
    // Several services may start at once.
    await client.query(`select pg_advisory_xact_lock(hashtext('waymark bus migration'))`);
    await work();
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

/** Brings the bus' own database up to date; may be called at each start. `adminUrl` names that database and its owner. */
export async function migrateBus(options: { readonly adminUrl: string }): Promise<void> {
  await withClient(options.adminUrl, (client) =>
    inTransaction(client, async () => {
      await client.query(busSchema);
    }),
  );
}

/**
 * Lets a role publish to and consume from these topics and no others, and creates the topics. Replaces what the role had.
 * With a password the role is created (or gets that password); without one it must exist.
 */
export async function grantBus(options: {
  readonly adminUrl: string;
  readonly role: string;
  readonly password?: string;
  readonly publish: readonly string[];
  readonly consume: readonly string[];
}): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await grantOnce(options);
    } catch (error) {
      if (attempt >= 10 || !isRoleConflict(error)) throw error;
    }
  }
}

/** Roles belong to the whole cluster: somebody preparing another of its databases may change the same one at the same time. */
const isRoleConflict = (error: unknown): boolean =>
  error instanceof pg.DatabaseError &&
  (error.code === '23505' || error.code === '42710' || error.message === 'tuple concurrently updated');

async function grantOnce(options: Parameters<typeof grantBus>[0]): Promise<void> {
  const { adminUrl, role, password, publish, consume } = options;
  await withClient(adminUrl, (client) =>
    inTransaction(client, async () => {
      const name = client.escapeIdentifier(role);
      if (password !== undefined) {
        const known = await client.query('select from pg_roles where rolname = $1', [role]);
        const verb = known.rowCount === 0 ? 'create' : 'alter';
        await client.query(`${verb} role ${name} login password ${client.escapeLiteral(password)}`);
      }
      const database = client.escapeIdentifier(client.database ?? '');
      await client.query(`revoke connect on database ${database} from public`);
      await client.query(`grant connect on database ${database} to ${name}`);
      await client.query(`grant usage on schema bus to ${name}`);
      for (const signature of busFunctions) await client.query(`grant execute on function bus.${signature} to ${name}`);
      await client.query('delete from bus.access where role = $1', [role]);
      const topics = [...new Set([...publish, ...consume])];
      for (const topic of topics) {
        await client.query('insert into bus.access (role, topic, publish, consume) values ($1, $2, $3, $4)', [
          role,
          topic,
          publish.includes(topic),
          consume.includes(topic),
        ]);
      }
      await client.query('select bus.ensure_topics($1)', [topics]);
    }),
  );
}
