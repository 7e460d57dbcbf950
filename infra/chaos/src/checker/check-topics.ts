import { grouped, list, object, text, type LoggedEvent, type Published } from './evidence.js';
import { expectedMessages, type ExpectedMessage } from './expected-messages.js';
import type { BrokenPromise, Finding } from './finding.js';

/** Messages of one aggregate on one topic. */
const aggregateOf = ({ fields }: Published): string => `${text(fields, 'source')} ${text(fields, 'subject')}`;

/**
 * The order of each aggregate on its topic, repeats left out: a dense sequence from 1, in one partition, the same bytes whenever
 * a message comes again; and against the log: each message that must be there, once, in the log's order, and no other.
 */
export function checkTopics(
  log: readonly LoggedEvent[],
  topics: ReadonlyMap<string, readonly Published[]>,
): readonly Finding[] {
  const findings: Finding[] = [];
  const expected = grouped(expectedMessages(log), ({ topic, source, subject }) => `${topic} ${source} ${subject}`);
  for (const [topic, records] of topics) {
    for (const { partition, offset } of records.filter(({ fields }) => text(fields, 'id') === ''))
      findings.push({ promise: 'effects of nobody', what: `no message at ${topic}/${partition}/${offset}` });
    const readable = records.filter(({ fields }) => text(fields, 'id') !== '');
    for (const [aggregate, published] of grouped(readable, aggregateOf)) {
      const { firsts, faults } = withoutRepeats(published);
      findings.push(...faults.map((what) => broken('order broken', topic, aggregate, what)), ...gaps(topic, firsts));
      if (topic.endsWith('facts')) continue;
      const due = expected.get(`${topic} ${aggregate}`) ?? [];
      expected.delete(`${topic} ${aggregate}`);
      findings.push(...compare(topic, aggregate, due, firsts));
    }
  }
  for (const [aggregate, due] of expected)
    findings.push({
      promise: 'effects missing',
      what: `${due.length} messages of ${aggregate} are not on their topic`,
    });
  return findings;
}

const broken = (promise: BrokenPromise, topic: string, aggregate: string, what: string): Finding => ({
  promise,
  what: `${topic}: ${aggregate}: ${what}`,
});

function withoutRepeats(published: readonly Published[]) {
  const firsts: Published[] = [];
  const faults: string[] = [];
  const known = new Map<string, Published>();
  for (const record of published) {
    const id = text(record.fields, 'id');
    const before = known.get(id);
    if (record.partition !== published[0]?.partition) faults.push(`${id} lies in another partition`);
    if (record.key !== text(record.fields, 'subject')) faults.push(`${id} has another key`);
    if (!before) firsts.push(record);
    else if (before.text !== record.text) faults.push(`${id} was repeated with other bytes`);
    known.set(id, record);
  }
  return { firsts, faults };
}

function gaps(topic: string, firsts: readonly Published[]): readonly Finding[] {
  const wrong = firsts.findIndex(({ fields }, index) => text(fields, 'sequence') !== String(index + 1));
  const [record] = wrong < 0 ? [] : firsts.slice(wrong);
  if (!record) return [];
  const { partition, offset, fields } = record;
  const what = `sequence ${text(fields, 'sequence')} where ${wrong + 1} is due, at ${partition}/${offset}`;
  return [broken('order broken', topic, aggregateOf(record), what)];
}

/** Each message names the event it comes of, so the two lists can be held side by side. */
function compare(
  topic: string,
  aggregate: string,
  due: readonly ExpectedMessage[],
  firsts: readonly Published[],
): readonly Finding[] {
  const name = (type: string, cause: string): string => `${type} of ${cause}`;
  const told = grouped(firsts, ({ fields }) => name(text(fields, 'type'), text(fields, 'causationid')));
  const findings: Finding[] = [];
  for (const [index, { type, cause, says }] of due.entries()) {
    const found = told.get(name(type, cause)) ?? [];
    told.delete(name(type, cause));
    const [first] = found;
    if (!first) findings.push(broken('effects missing', topic, aggregate, `no ${name(type, cause)}`));
    if (found.length > 1) findings.push(broken('effects twice', topic, aggregate, `two ${name(type, cause)}`));
    if (first && found.length === 1 && due.length === firsts.length && firsts[index] !== first)
      findings.push(broken('order broken', topic, aggregate, `${name(type, cause)} is not in the log's order`));
    if (first && !saysSo(first, says))
      findings.push(broken('effects of nobody', topic, aggregate, `${name(type, cause)} says something else`));
  }
  for (const what of told.keys()) findings.push(broken('effects of nobody', topic, aggregate, `${what} is in no log`));
  return findings;
}

function saysSo({ fields }: Published, says: Readonly<Record<string, string>>): boolean {
  const data = object(fields, 'data');
  return Object.entries(says).every(([field, value]) => (list(data, field).join() || text(data, field)) === value);
}
