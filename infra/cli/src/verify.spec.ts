import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { newEvents, openLogGround, temporaryFolder, waymark, type LogGround } from './log-ground.fixture.js';

let ground: LogGround;
let files: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  ground = await openLogGround();
  files = await temporaryFolder();
});
afterAll(async () => {
  await ground.close();
  await files.remove();
});

const verify = async (...args: readonly string[]) => {
  const { code, out, err } = await waymark('events', 'verify', '--url', ground.url, '--json', ...args);
  return { code, err, verdict: out ? JSON.parse(out) : undefined };
};

describe('a log that nobody has touched', () => {
  it('is intact, and each stream by itself', async () => {
    const before = await verify();
    for (const name of ['thing-a', 'thing-b', 'other-c']) await ground.store.append(name, 'none', newEvents(700));
    const { code, verdict, err } = await verify();
    expect(code).toBe(0);
    expect(err).toBe('');
    expect(verdict).toMatchObject({ intact: true, events: before.verdict.events + 2100, faulty: 0, faults: [] });
    expect(verdict.streams).toBe(before.verdict.streams + 3);
    expect(verdict.lastPosition).toBe(String((await ground.store.readStreamMetadata('other-c'))?.position));
    expect((await verify('--stream', 'thing-b')).verdict).toMatchObject({ intact: true, events: 700, streams: 1 });
  });

  it('goes on growing without being at odds with its earlier heads', async () => {
    await ground.store.append('thing-growing', 'none', newEvents(3));
    expect((await verify('--heads', files.at('grown.jsonl'))).code).toBe(0);
    await ground.store.append('thing-growing', 2, newEvents(3));
    await ground.store.append('thing-younger', 'none', newEvents(1));
    expect((await verify('--expect', files.at('grown.jsonl'))).code).toBe(0);
  });

  it('is told to people in words', async () => {
    const { code, out } = await waymark('events', 'verify', '--url', ground.url);
    expect(code).toBe(0);
    expect(out).toMatch(
      /^[\d,]+ events in \d+ streams, up to position \d+\nEvery chain is intact\. Digest [0-9a-f]{64}\n$/,
    );
    expect((await waymark('events', 'verify', '--url', ground.url, '--quiet')).out).toBe('');
  });

  it('includes what is being appended below an event that is there already', async () => {
    const slow = new pg.Client({ connectionString: ground.url });
    await slow.connect();
    await slow.query('begin');
    await slow.query(
      `select waymark.append_events('thing-slow', -1, array[gen_random_uuid()], '{Slow}', '{1}', '{"{}"}', '{"{}"}')`,
    );
    await ground.store.append('thing-quick', 'none', newEvents(1));
    const verified = verify('--heads', files.at('slow.jsonl'));
    await delay(300);
    await slow.query('commit');
    await slow.end();
    expect((await verified).code).toBe(0);
    const heads = await readFile(files.at('slow.jsonl'), 'utf8');
    expect(heads).toContain('thing-slow');
    expect(heads).toContain('thing-quick');
  });
});

describe('a log that somebody with all rights has tampered with', () => {
  const fault = (revision: number, kind: string) => ({ revision, kind });
  const of = (set: string, revision: number) =>
    `update waymark.events set ${set} where stream_id = $1 and revision = ${revision}`;

  it.each([
    ['changed data', of(`data = '{"number":9}'`, 2), fault(2, 'hash')],
    ['data that say the same in other bytes', of(`data = replace(data, ':', ': ')`, 2), fault(2, 'hash')],
    ['a second value that a parser passes over', of(`data = replace(data, '{', '{"number":9,')`, 2), fault(2, 'hash')],
    ['changed metadata', of(`metadata = '{}'`, 2), fault(2, 'hash')],
    ['another time', of(`recorded_at = recorded_at - interval '1 ms'`, 3), fault(3, 'hash')],
    ['another type', of(`type = 'OtherThing'`, 0), fault(0, 'hash')],
    ['another id', of('event_id = gen_random_uuid()', 1), fault(1, 'hash')],
    ['another schema version', of('schema_version = 2', 1), fault(1, 'hash')],
    ['a removed event', 'delete from waymark.events where stream_id = $1 and revision = 2', fault(2, 'revision')],
    ['a removed beginning', 'delete from waymark.events where stream_id = $1 and revision = 0', fault(0, 'revision')],
    [
      'two events exchanged',
      'update waymark.events set revision = 11 - revision, hash = hash where stream_id = $1 and revision in (5, 6)',
      fault(5, 'revision'),
    ],
    [
      'an event slipped in',
      `insert into waymark.events select nextval('waymark.event_position'), stream_id, category, 7, gen_random_uuid(), type,
         1, data, metadata, recorded_at, content_hash, hash
       from waymark.events where stream_id = $1 and revision = 6`,
      fault(7, 'hash'),
    ],
  ])('shows it: %s', async (what, statement, found) => {
    const stream = `thing-${what.replaceAll(' ', '_')}`;
    await ground.store.append(stream, 'none', newEvents(7));
    expect((await verify('--stream', stream)).code).toBe(0);
    // An exchange needs a moment in which both have the same revision.
    await ground.sql('alter table waymark.events drop constraint events_stream_revision_key');
    await ground.tamper(statement, [stream]);
    await ground.sql(
      'alter table waymark.events add constraint events_stream_revision_key unique (stream_id, revision)',
    );
    const one = await verify('--stream', stream);
    expect(one.code).toBe(1);
    expect(one.verdict.faulty).toBe(1);
    expect(one.verdict.faults).toMatchObject([{ stream, revision: found.revision }]);
    const whole = await verify('--heads', files.at('never.jsonl'));
    expect(whole.code).toBe(1);
    expect(whole.verdict).toMatchObject({ intact: false });
    expect(whole.verdict.faults).toContainEqual({ stream, ...found });
    expect(existsSync(files.at('never.jsonl'))).toBe(false);
  });
});
