import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { verifyStream } from '../chain.js';
import { newEvent, newEvents } from '../contract/log-under-contract.js';
import type { EventStore } from '../port.js';
import { openLogUnderTest, type LogUnderTest } from './log-under-test.js';

let log: LogUnderTest;
let store: EventStore;
beforeAll(async () => {
  log = await openLogUnderTest();
  store = await log.storeFor({ append: ['thing'] });
});
afterAll(() => log.close());

describe('a chain that somebody with all rights has tampered with', () => {
  const wrong = (revision: number, fault: string) => ({ intact: false, revision, fault });

  it.each([
    [
      'changed data',
      `update waymark.events set data = '{"n":9}' where revision = 2 and stream_id = $1`,
      wrong(2, 'hash'),
    ],
    [
      'data that say the same in other bytes',
      `update waymark.events set data = replace(data, ':', ': ') where revision = 2 and stream_id = $1`,
      wrong(2, 'hash'),
    ],
    [
      'a second value that a parser passes over',
      `update waymark.events set data = replace(data, '{', '{"number":9,') where revision = 2 and stream_id = $1`,
      wrong(2, 'hash'),
    ],
    [
      'changed metadata',
      `update waymark.events set metadata = '{}' where revision = 2 and stream_id = $1`,
      wrong(2, 'hash'),
    ],
    [
      'another time',
      `update waymark.events set recorded_at = recorded_at - interval '1 ms' where revision = 3 and stream_id = $1`,
      wrong(3, 'hash'),
    ],
    [
      'another type',
      `update waymark.events set type = 'OtherThing' where revision = 0 and stream_id = $1`,
      wrong(0, 'hash'),
    ],
    [
      'another id',
      `update waymark.events set event_id = gen_random_uuid() where revision = 1 and stream_id = $1`,
      wrong(1, 'hash'),
    ],
    [
      'another schema version',
      `update waymark.events set schema_version = 2 where revision = 1 and stream_id = $1`,
      wrong(1, 'hash'),
    ],
    ['a removed event', `delete from waymark.events where revision = 2 and stream_id = $1`, wrong(2, 'revision')],
    ['a removed beginning', `delete from waymark.events where revision = 0 and stream_id = $1`, wrong(0, 'revision')],
    [
      'another stream name',
      `update waymark.events set stream_id = 'thing-forged' where stream_id = $1`,
      wrong(0, 'hash'),
    ],
  ])('shows it: %s', async (what, statement, verdict) => {
    const stream = `thing-${what.replaceAll(' ', '_')}`;
    await store.append(stream, 'none', newEvents(5));
    expect(await verifyStream(store.readStream(stream))).toMatchObject({ intact: true, events: 5 });
    const admin = await log.connect(log.url);
    await admin.query('alter table waymark.events disable trigger events_append_only');
    await admin.query(statement, [stream]);
    await admin.query('alter table waymark.events enable always trigger events_append_only');
    const read = what === 'another stream name' ? 'thing-forged' : stream;
    expect(await verifyStream(store.readStream(read))).toEqual(verdict);
  });

  it('shows an exchange of two events, and an event slipped in', async () => {
    const events = [newEvent({ n: 0 }), newEvent({ n: 1 }), newEvent({ n: 2 })];
    await store.append('thing-exchanged', 'none', events);
    const read = [];
    for await (const event of store.readStream('thing-exchanged')) read.push(event);
    const [first, second, third] = read;
    if (!first || !second || !third) throw new Error('three events were appended');
    const exchanged = [first, { ...third, revision: 1 }, { ...second, revision: 2 }];
    expect(await verifyStream(exchanged)).toEqual(wrong(1, 'hash'));
    const slippedIn = [first, { ...second, id: newEvent().id }, { ...second, revision: 2 }];
    expect(await verifyStream(slippedIn)).toEqual(wrong(1, 'hash'));
    expect(await verifyStream([first, { ...second, stream: 'thing-other' }])).toEqual(wrong(1, 'stream'));
  });
});
