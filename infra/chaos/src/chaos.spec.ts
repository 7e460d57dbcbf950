import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildServices } from './build-services.fixture.js';
import { asking } from './checker/check.js';
import type { LoggedEvent, Published } from './checker/evidence.js';
import { showReceipts } from './checker/show-receipts.js';
import type { FaultKind } from './faults/fault.js';
import { Plantation } from './planted.fixture.js';
import { startPlatform, type Platform } from './platform/platform.js';
import { linesOf } from './report.js';
import { runChaos, type ChaosReport } from './run-chaos.js';

const kinds: readonly FaultKind[] = [
  'kill a service',
  "kill a relay's leader",
  'kill PostgreSQL',
  'wipe the broker',
  'reset',
  'lost answers',
];

describe('the platform under load and under faults', () => {
  let platform: Platform;
  let report: ChaosReport;
  let plantation: Plantation;

  beforeAll(async () => {
    await buildServices();
    platform = await startPlatform();
    // With this seed the first matters hold all that is asked of the platform.
    report = await runChaos(platform, {
      ...{ seed: 2, seconds: 15, perSecond: 0.4, kinds, mostPauseMs: 2_000 },
      // Upper bounds for a machine that has much else to do: callers who are answered wait for none of them.
      ...{ patienceMs: 120_000, playOnMs: 240_000 },
    });
    plantation = new Plantation(platform, report.book, report.evidence);
  }, 600_000);
  afterAll(async () => {
    await platform?.close();
  }, 120_000);

  const events = (...types: readonly string[]): readonly LoggedEvent[] =>
    report.evidence.log.filter(({ type }) => types.includes(type));
  const position = (type: string): string => String(events(type).at(-1)?.position);
  /** Another event like the last of its type, at the end of its stream. */
  const again = (type: string, metadata = 'metadata'): string =>
    `insert into waymark.events
     select (select max(position) + 1 from waymark.events), stream_id, category,
       (select max(revision) + 1 from waymark.events o where o.stream_id = e.stream_id), gen_random_uuid(), type,
       schema_version, data, ${metadata}, recorded_at, content_hash, hash
     from waymark.events e where position = ${position(type)}`;
  const remove = (type: string): string => `delete from waymark.events where position = ${position(type)}`;

  it('keeps every promise, comes to rest, and was asked for everything that there is', () => {
    expect(linesOf(report).filter((line) => line.startsWith('BROKEN'))).toEqual([]);
    expect(report.drainedIn).toBeDefined();
    expect(report.book.scriptFaults).toEqual([]);
    expect(new Set(report.timeline.map(({ fault }) => fault.kind))).toEqual(new Set(kinds));
    const done = report.book.commands.filter(({ fate }) => fate === 'acknowledged').map(({ what }) => what);
    const all = [
      'raise',
      'register contact',
      'write again',
      'acceptance',
      'write note',
      'send referral',
      'withdraw',
      'approve erasure',
    ];
    expect(all.filter((what) => !done.includes(what))).toEqual([]);
    expect(report.evidence.receipts.length).toBeGreaterThan(0);
  });

  describe('the checker finds what is planted in the log:', () => {
    it('an acknowledged command that is lost, although its stream is whole up to there', async () => {
      const broken = await plantation.inLog(remove('NoteWritten'));
      expect(broken).toEqual(['acknowledged commands lost']);
    });
    it('an acknowledged command whose place another one has', async () => {
      const move = `update waymark.events set position = -position where position = ${position('NoteWritten')}`;
      expect(await plantation.inLog(move)).toContain('acknowledged commands lost');
    });
    it('a refused command that was done', () => {
      const commands = report.book.commands.map((each) =>
        each.what === 'triage' ? { ...each, fate: 'refused' as const } : each,
      );
      const account = { commands, receipts: [] };
      expect(plantation.brokenBy(report.evidence, account)).toEqual(['refused commands done']);
    });
    it('a command that was done twice', async () => {
      expect(await plantation.inLog(again('NoteWritten'))).toContain('effects twice');
    });
    it('an effect that nobody asked for', async () => {
      const ofNobody = `replace(metadata, metadata::json ->> 'correlationId', gen_random_uuid()::text)`;
      expect(await plantation.inLog(again('NoteWritten', ofNobody))).toContain('effects of nobody');
    });
    it.each([
      ...['CaseOpened', 'ReceiptUpgraded', 'FactReceived', 'ReferralSuspended', 'RecipientInformed'],
      ...['WithdrawalApplied', 'ProcessCompleted', 'SubjectErased', 'ErasureCompleted', 'PersonErased'],
    ])('what should follow from another service’s event and does not, or twice: %s', async (type) => {
      expect(await plantation.inLog(remove(type))).toContain('effects missing');
      expect(await plantation.inLog(again(type))).toContain('effects twice');
    });
    it('a process that nothing started, and one that was never started', async () => {
      const another = `update waymark.events set data = replace(data, data::json ->> 'about', gen_random_uuid()::text)
        where position = ${position('ProcessStarted')}`;
      const broken = await plantation.inLog(another);
      expect(broken).toContain('effects of nobody');
      expect(broken).toContain('effects missing');
    });
    it('a sending without a disclosure, and a disclosure without a consent', async () => {
      expect(await plantation.inLog(remove('DisclosureRecorded'))).toContain('effects missing');
      expect(await plantation.inLog(remove('ConsentGiven'))).toContain('effects of nobody');
    });
    it.each(['data', 'metadata'])('an event whose %s was rewritten', async (column) => {
      const rewrite = `update waymark.events set ${column} = ${column} || ' ' where position = ${position('ConcernTriaged')}`;
      expect(await plantation.inLog(rewrite)).toEqual(['hash chains broken']);
    });
    it('an event whose time was moved', async () => {
      const move = `update waymark.events set recorded_at = recorded_at + interval '1 ms' where position = ${position('ConcernTriaged')}`;
      expect(await plantation.inLog(move)).toEqual(['hash chains broken']);
    });
  });

  describe('the checker finds what is planted on a topic:', () => {
    const id = ({ fields }: Published): string => String(fields?.['id']);
    const last = (records: readonly Published[]): Published | undefined => records.at(-1);
    const without = (records: readonly Published[], one: Published | undefined): readonly Published[] =>
      records.filter((record) => !one || id(record) !== id(one));

    it('a message that is missing', async () => {
      const broken = await plantation.onTopic('waymark.referral', (records) => without(records, last(records)));
      expect(broken).toContain('effects missing');
    });
    it('the first of several that is missing', async () => {
      const broken = await plantation.onTopic('waymark.referral', (records) => without(records, records[0]));
      expect(broken).toContain('order broken');
    });
    it('two that have changed places, each with its own number', async () => {
      const broken = await plantation.onTopic('waymark.case', (records) => records.toReversed());
      expect(broken).toContain('order broken');
    });
    it('the same message again: nothing, because consumers drop it', async () => {
      expect(await plantation.onTopic('waymark.case', (records) => [...records, ...records])).toEqual([]);
    });
    it('a repeat with other bytes', async () => {
      const other = (record: Published): Published => ({ ...record, text: record.text.replace('}', ' }') });
      const broken = await plantation.onTopic('waymark.case', (records) => [
        ...records,
        ...records.slice(-1).map(other),
      ]);
      expect(broken).toContain('order broken');
    });
    it('a second message of the same event under another id', async () => {
      const broken = await plantation.onTopic('waymark.consent', (records) => [
        ...records,
        ...records
          .slice(-1)
          .map((each) => ({ ...each, text: each.text.replace(id(each), id(each).replace(/./g, '0')) })),
      ]);
      expect(broken).toContain('effects twice');
    });
    it('a message that says something else than its event', async () => {
      const broken = await plantation.onTopic('waymark.referral', (records) =>
        records.map((each) => ({ ...each, text: each.text.replaceAll('"drafted"', '"declined"') })),
      );
      expect(broken).toEqual(['effects of nobody']);
    });
    it('a record that is no message', async () => {
      const noise: Published = { topic: '', partition: 0, offset: 0n, key: 'x', text: 'noise', fields: undefined };
      expect(await plantation.onTopic('waymark.case', (records) => [...records, noise])).toContain('effects of nobody');
    });
  });

  describe('the checker finds what is planted in the tables:', () => {
    it.each([
      ['intake', 'concern_queue', 'overdue = not overdue'],
      ['intake', 'receipts', `scope = case scope when 'client' then 'reporter' else 'client' end`],
      ['intake', 'quiet_concerns', 'told = not told'],
      ['case', 'cases', `stage = 'planning'`],
      ['consent', 'case_teams', `changed_at = changed_at + interval '1 ms'`],
      ['consent', 'consent_clocks', `due_at = due_at + interval '1 ms'`],
      ['referral', 'case_teams', `team = array_append(team, 'somebody')`],
      ['referral', 'referrals', `status = 'in_service'`],
      ['intake', 'processes', `completed_at = null`],
      ['consent', 'processes', `version = version + 1`],
      ['reporting', 'contact_counts', 'contacts = contacts + 1'],
    ])('%s.%s that is not a fresh fold: altered, emptied', async (service, table, change) => {
      const different = ['views different from a fresh fold'];
      expect(await plantation.inTables(service, `update ${table} set ${change}`)).toEqual(different);
      expect(await plantation.inTables(service, `delete from ${table}`)).toEqual(different);
    });
    it('a bell that should not ring', async () => {
      const bell = `insert into response_clocks (concern_id, command, due_at) values (gen_random_uuid(), 'EscalateToHead', now())`;
      expect(await plantation.inTables('intake', bell)).toEqual(['views different from a fresh fold']);
      const step = `insert into process_clocks (process_id, work, step, attempt, due_at)
        values (gen_random_uuid(), 'take', 'open_case', 2, now())`;
      expect(await plantation.inTables('intake', step)).toEqual(['views different from a fresh fold']);
    });
    it('a projection that stands still', async () => {
      const stop = `update view_generations set stopped_because = 'planted'`;
      expect(await plantation.inTables('case', stop)).toEqual(['views different from a fresh fold']);
    });
    it('a message that was not handled', async () => {
      const forget = 'delete from inbox where message_id = (select min(message_id) from inbox)';
      expect(await plantation.inTables('consent', forget)).toEqual(['effects missing']);
    });
    it('a consumer that lost its place', async () => {
      expect(await plantation.inTables('case', 'update inbox_sequence set last_sequence = 7')).toEqual([
        'order broken',
      ]);
    });
    it('a dead letter, and a message that waits', async () => {
      const columns = `gen_random_uuid(), 'case', 'handler_failed', '\\x00'::bytea, 't', 0, '0', now(), now()`;
      const bury = `insert into dead_letters (id, consumer, reason, value, topic, partition, "offset", failed_at, first_failed_at) select ${columns}`;
      expect(await plantation.inTables('case', bury)).toEqual(['dead letters unexplained']);
      const wait = `insert into inbox_waiting (consumer, message_id, source, subject, sequence, value, topic, partition, "offset", since)
        values ('case', 'm', 's', 'a', 2, '\\x00'::bytea, 't', 0, '0', now())`;
      expect(await plantation.inTables('case', wait)).toEqual(['dead letters unexplained']);
    });
  });

  it('the checker finds a receipt that opens nothing, and a ledger that hides a disclosure', async () => {
    const [receipt] = report.book.receipts;
    const url = platform.databaseUrl('intake');
    const shown = () =>
      showReceipts(receipt ? [receipt] : [], {
        intakeUrl: platform.processes.urlOf('intake'),
        consentUrl: platform.processes.urlOf('consent'),
      });
    await asking(url, (ask) => ask(`update receipts set receipt_hash = 'planted ' || receipt_hash`));
    const receipts = await shown();
    await asking(url, (ask) => ask(`update receipts set receipt_hash = replace(receipt_hash, 'planted ', '')`));
    expect(plantation.brokenBy({ ...report.evidence, receipts })).toEqual(['receipts that do not open']);
    expect(plantation.brokenBy({ ...report.evidence, receipts: await shown() })).toEqual([]);
    const hidden = report.evidence.receipts.map((each) => ({ ...each, ...(each.ledger ? { ledger: ['x'] } : {}) }));
    expect(plantation.brokenBy({ ...report.evidence, receipts: hidden })).toEqual([
      'views different from a fresh fold',
    ]);
  });
});
