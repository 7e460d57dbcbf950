import { text, type Published, type Rows, type Tables } from './evidence.js';
import type { Finding } from './finding.js';

/** Who consumes which topic. */
const consumers: Readonly<Record<string, readonly string[]>> = {
  intake: ['waymark.case', 'waymark.consent'],
  case: ['waymark.intake', 'waymark.consent', 'waymark.referral'],
  consent: ['waymark.intake', 'waymark.case', 'waymark.consent', 'waymark.referral'],
  referral: ['waymark.case', 'waymark.consent'],
  reporting: ['waymark.facts', 'waymark.case-facts', 'waymark.referral-facts'],
};

/** Every message of a consumer's topics is noted by it, none waits, and no dead letter is open. */
export function checkInboxes(
  topics: ReadonlyMap<string, readonly Published[]>,
  tables: ReadonlyMap<string, Tables>,
): readonly Finding[] {
  return Object.entries(consumers).flatMap(([service, consumed]) => {
    const rows = (table: string): Rows => tables.get(service)?.get(table) ?? [];
    return [
      ...checkNoted(
        service,
        consumed.flatMap((topic) => topics.get(topic) ?? []),
        rows('inbox'),
      ),
      ...checkSequences(
        service,
        consumed.flatMap((topic) => topics.get(topic) ?? []),
        rows('inbox_sequence'),
      ),
      ...letters(service, rows('dead_letters'), rows('inbox_waiting')),
    ];
  });
}

function checkNoted(service: string, published: readonly Published[], inbox: Rows): readonly Finding[] {
  const noted = new Set(inbox.map((row) => text(row, 'message_id')));
  const ids = new Set(published.map(({ fields }) => text(fields, 'id')));
  return [
    ...[...ids]
      .filter((id) => !noted.has(id))
      .map((id): Finding => ({ promise: 'effects missing', what: `${service} has not handled message ${id}` })),
    ...[...noted]
      .filter((id) => !ids.has(id))
      .map((id): Finding => ({
        promise: 'effects missing',
        what: `message ${id} that ${service} knows is on no topic`,
      })),
  ];
}

function checkSequences(service: string, published: readonly Published[], rows: Rows): readonly Finding[] {
  const last = new Map<string, number>();
  for (const { fields } of published) {
    const aggregate = `${text(fields, 'source')} ${text(fields, 'subject')}`;
    last.set(aggregate, Math.max(last.get(aggregate) ?? 0, Number(text(fields, 'sequence'))));
  }
  const noted = new Map(
    rows.map((row) => [`${text(row, 'source')} ${text(row, 'subject')}`, Number(text(row, 'last_sequence'))]),
  );
  return [...last]
    .filter(([aggregate, sequence]) => noted.get(aggregate) !== sequence)
    .map(([aggregate, sequence]) => ({
      promise: 'order broken',
      what: `${service} is at ${noted.get(aggregate)} of ${aggregate}, whose last is ${sequence}`,
    }));
}

function letters(service: string, dead: Rows, waiting: Rows): readonly Finding[] {
  const open = dead.filter((row) => !row['closed_at']);
  const name = (row: Rows[number]): string =>
    `${text(row, 'type')} of ${text(row, 'subject')}, sequence ${text(row, 'sequence')}`;
  return [
    ...open.map((row): Finding => ({
      promise: 'dead letters unexplained',
      what: `${service}: ${text(row, 'reason')}: ${name(row)}`,
    })),
    ...waiting.map((row): Finding => ({
      promise: 'dead letters unexplained',
      what: `${service} still waits for the one before ${name(row)}`,
    })),
  ];
}
