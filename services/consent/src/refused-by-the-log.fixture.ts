import { randomBytes } from 'node:crypto';
import type { Stage } from '@waymark/stage';
import pg from 'pg';

/**
 * The log takes no event for which `condition` holds (of `NEW`), as if its server failed there: whoever was to append it dies between two
 * steps. Answers how to end it.
 */
export async function refusedByTheLog(stage: Stage, condition: string): Promise<() => Promise<void>> {
  const name = `refused_${randomBytes(4).toString('hex')}`;
  const admin = new pg.Client({ connectionString: stage.eventStoreAdminUrl });
  await admin.connect();
  await admin.query(
    `CREATE FUNCTION public.${name}() RETURNS trigger LANGUAGE plpgsql
     AS $$ BEGIN RAISE EXCEPTION 'refused by the test' USING ERRCODE = '58000'; END $$`,
  );
  await admin.query(
    `CREATE TRIGGER ${name} BEFORE INSERT ON waymark.events
     FOR EACH ROW WHEN (${condition}) EXECUTE FUNCTION public.${name}()`,
  );
  return async () => {
    await admin.query(`DROP TRIGGER ${name} ON waymark.events`);
    await admin.query(`DROP FUNCTION public.${name}`);
    await admin.end();
  };
}
