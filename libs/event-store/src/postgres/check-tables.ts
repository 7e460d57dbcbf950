import { inAdminTransaction } from './database.js';
import { toEventStoreError } from './errors.js';

/** What no reader can see: an event that stands under another category than its stream's, so that readers of that category miss it. */
export interface TableFault {
  readonly stream: string;
  readonly revision: number;
  readonly kind: 'category';
}

export interface TableVerdict {
  readonly intact: boolean;
  /** The first hundred. */
  readonly faults: readonly TableFault[];
  /** What should guard the log and does not, in words: a trigger switched off, a constraint dropped, a right given away. */
  readonly unguarded: readonly string[];
}

const faults = `
  select stream_id as stream, min(revision)::text as revision, 'category' as kind
  from waymark.events where category <> split_part(stream_id, '-', 1) group by stream_id limit 100`;

const unguarded = `
  select 'trigger events_append_only does not refuse changes of waymark.events' as what
  where not exists (
    select from pg_trigger t
    where t.tgrelid = to_regclass('waymark.events') and t.tgname = 'events_append_only' and t.tgenabled = 'A'
      and t.tgfoid = to_regprocedure('waymark.refuse_change()')
  )
  union all
  select format('constraint %s of waymark.events is missing', g.name)
  from unnest(array['events_pkey', 'events_event_id_key', 'events_stream_revision_key', 'events_data_check',
    'events_metadata_check', 'events_size_check', 'events_type_check', 'events_stream_id_check']) g (name)
  where not exists (
    select from pg_constraint c
    where c.conrelid = to_regclass('waymark.events') and c.conname = g.name and c.convalidated
  )
  union all
  select format('%s has the right to %s waymark.%s', coalesce(r.rolname, 'everybody'), lower(a.privilege_type), c.relname)
  from pg_class c
  cross join aclexplode(c.relacl) a
  left join pg_roles r on r.oid = a.grantee
  where c.relnamespace = to_regnamespace('waymark') and a.grantee <> c.relowner`;

/**
 * Looks at what `LogVerifier` cannot see, since readers are not shown it: the tables' own columns and what guards them.
 * Needs the owner of the log. Looks at all of it once, in the database; memory does not grow with the log.
 */
export async function checkLogTables({ adminUrl }: { readonly adminUrl: string }): Promise<TableVerdict> {
  try {
    return await inAdminTransaction(adminUrl, async (client) => {
      await client.query('set transaction read only; set local statement_timeout = 0');
      const { rows: found } = await client.query<{ stream: string; revision: string; kind: TableFault['kind'] }>(
        faults,
      );
      const { rows: gaps } = await client.query<{ what: string }>(unguarded);
      return {
        intact: found.length === 0 && gaps.length === 0,
        faults: found.slice(0, 100).map((fault) => ({ ...fault, revision: Number(fault.revision) })),
        unguarded: gaps.map(({ what }) => what),
      };
    });
  } catch (error) {
    throw toEventStoreError(error);
  }
}
