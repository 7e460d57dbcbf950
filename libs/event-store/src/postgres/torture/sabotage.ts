import type pg from 'pg';

/** A fault in the log's own functions: appends that announce themselves to nobody, or reads that look at no announcement. */
export type Sabotage = 'append_takes_no_lock' | 'read_ignores_holders';

const changes = {
  append_takes_no_lock: ['waymark.open_stream', /pg_advisory_xact_lock_shared\(1463900525, 1\)/g, 'pg_backend_pid()'],
  read_ignores_holders: ['waymark.read_all', /from pg_locks\b/g, 'from (select * from pg_locks where false)'],
} as const;

/** Replaces a function of the log by itself with one fault. */
export async function sabotageLog(admin: pg.Client, sabotage: Sabotage): Promise<void> {
  const [name, from, to] = changes[sabotage];
  const { rows } = await admin.query<{ text: string }>('select pg_get_functiondef($1::regproc) as text', [name]);
  const text = rows[0]?.text ?? '';
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`${name} is written otherwise now: nothing to sabotage`);
  await admin.query(changed);
}
