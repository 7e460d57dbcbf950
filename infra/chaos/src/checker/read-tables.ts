import type { Rows, Tables } from './evidence.js';
import type { Ask } from './read-log.js';

const ofEveryConsumer = ['inbox', 'inbox_sequence', 'inbox_waiting', 'dead_letters'];

/** Which tables of which service are looked at. */
export const tableNames: Readonly<Record<string, readonly string[]>> = {
  intake: [
    'concern_queue',
    'receipts',
    'response_clocks',
    'quiet_concerns',
    'processes',
    'process_clocks',
    ...ofEveryConsumer,
  ],
  case: ['cases', 'case_referrals', 'client_links', ...ofEveryConsumer],
  consent: ['case_teams', 'consent_clocks', 'processes', 'process_clocks', ...ofEveryConsumer],
  referral: ['referrals', 'case_teams', 'client_links', ...ofEveryConsumer],
  reporting: ['contact_counts', 'first_responses', 'referral_results', 'case_months', ...ofEveryConsumer],
  audit: [],
};

/** The rows of a service's tables, and where its projections stand. Moments come as milliseconds since 1970, bytes not at all. */
export async function readTables(ask: Ask, service: string): Promise<Tables> {
  const tables = new Map<string, Rows>();
  for (const table of [...(tableNames[service] ?? []), 'view_generations']) {
    const columns = await ask(
      `select column_name as name, data_type as type from information_schema.columns
       where format('%I.%I', table_schema, table_name)::regclass = to_regclass('${table}') and data_type <> 'bytea'
       order by ordinal_position`,
    );
    const chosen = columns.map(({ name, type }) =>
      type === 'timestamp with time zone'
        ? `round(extract(epoch from "${String(name)}") * 1000)::text as "${String(name)}"`
        : `"${String(name)}"`,
    );
    tables.set(table, await ask(`select ${chosen.join(', ')} from "${table}"`));
  }
  return tables;
}
