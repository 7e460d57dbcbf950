import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { eventually } from '@waymark/testing';

/** A place in a database beyond which nobody comes until it is lifted. */
export interface Standstill {
  /** Resolves when somebody stands there. */
  reached(): Promise<void>;
  /** Ends the connections of who stands there, as a machine that dies does, and opens the way. */
  lift(): Promise<void>;
}

/**
 * Holds up whoever writes a row for which `condition` holds (of `NEW`) to `table`: before it is written, or, `atCommit`, when all is
 * written and the transaction is to be committed. Needs the address of the table's owner.
 */
export async function holdUp(
  url: string,
  table: string,
  condition: string,
  { atCommit = false }: { readonly atCommit?: boolean } = {},
): Promise<Standstill> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const name = `standstill_${randomBytes(4).toString('hex')}`;
  const lock = randomBytes(4).readInt32BE();
  await client.query('SELECT pg_advisory_lock($1)', [lock]);
  await client.query(
    `CREATE FUNCTION public.${name}() RETURNS trigger LANGUAGE plpgsql
     AS $$ BEGIN PERFORM pg_advisory_xact_lock(${lock}); RETURN NEW; END $$`,
  );
  await client.query(
    atCommit
      ? `CREATE CONSTRAINT TRIGGER ${name} AFTER INSERT OR UPDATE ON ${table} DEFERRABLE INITIALLY DEFERRED
         FOR EACH ROW WHEN (${condition}) EXECUTE FUNCTION public.${name}()`
      : `CREATE TRIGGER ${name} BEFORE INSERT OR UPDATE ON ${table}
         FOR EACH ROW WHEN (${condition}) EXECUTE FUNCTION public.${name}()`,
  );
  const standing = `SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = $1::bigint & 4294967295 AND NOT granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
  return {
    reached: () =>
      eventually(async () => ((await client.query(standing, [lock])).rowCount ?? 0) > 0).then(() => undefined),
    lift: async () => {
      await client.query(`SELECT pg_terminate_backend(pid, 5000) FROM (${standing}) AS those`, [lock]);
      await client.query('SELECT pg_advisory_unlock($1)', [lock]);
      await client.query(`DROP TRIGGER ${name} ON ${table}`);
      await client.query(`DROP FUNCTION public.${name}`);
      await client.end();
    },
  };
}
