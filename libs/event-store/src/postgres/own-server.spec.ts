import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@waymark/testing';
import { ids, newEvent, newEvents, readToEnd, refusalOf } from '../contract/log-under-contract.js';
import type { RecordedEvent } from '../port.js';
import { openLogUnderTest, type LogUnderTest } from './log-under-test.js';
import type { EventRow, Horizon } from './rows.js';
import { startServerUnderTest, type ServerUnderTest } from './server-under-test.js';

let server: ServerUnderTest;
let log: LogUnderTest;

beforeAll(async () => {
  server = await startServerUnderTest();
  log = await openLogUnderTest(server.url());
});
afterAll(async () => {
  await log.close();
  await server.close();
});

describe('an append in two phases', () => {
  it('is waited for also when the server has restarted since, which gives it another name', async () => {
    const { url } = await log.role({ append: ['thing'] });
    const appending = await log.connect(url);
    await appending.query('begin');
    await log.appendOn(appending, 'thing-two_phases');
    await appending.query(`prepare transaction 'of_the_test'`);
    const read = async (position: bigint, horizon: Horizon): Promise<EventRow[]> => {
      const client = await log.connect(url);
      const { rows } = await client.query<EventRow>('select * from waymark.read_all($1, 10, null, $2, $3, $4)', [
        ...[String(position), horizon.settled, horizon.fence, horizon.waitingFor],
      ]);
      return rows;
    };
    const unknown = { settled: '0', fence: null, waitingFor: [] };
    const after = await log.appendOn(await log.connect(url), 'thing-quick');
    const [page] = await read(after - 2n, unknown);
    const horizon = JSON.parse(page?.data ?? '');
    expect(horizon).toMatchObject({ blocked: true, fence: String(after) });
    await server.stop();
    await server.start();
    expect(await read(after - 2n, horizon)).toHaveLength(1);
    await (await log.connect(server.url())).query(`rollback prepared 'of_the_test'`);
    expect(await read(after - 2n, horizon)).toHaveLength(2);
  });

  it.each(['commit', 'rollback'])('is waited for from before its preparation until its %s', async (ending) => {
    const reader = await log.storeFor({ append: ['thing'] });
    const { position: after } = await readToEnd(reader, 0n);
    const appending = await log.connect((await log.role({ append: ['thing'] })).url);
    await appending.query('begin');
    await log.appendOn(appending, 'thing-two_phases');
    const quick = newEvent();
    await reader.append('thing-quick', 'any', [quick]);
    expect((await reader.readAll({ after })).events).toEqual([]);
    await appending.query(`prepare transaction 'of_the_test'`);
    for (let look = 0; look < 5; look += 1) expect((await reader.readAll({ after })).events).toEqual([]);
    await appending.query(`${ending} prepared 'of_the_test'`);
    const streams = ending === 'commit' ? ['thing-two_phases', 'thing-quick'] : ['thing-quick'];
    await eventually(async () => {
      const { events } = await readToEnd(reader, after);
      expect(events.map((event) => event.stream)).toEqual(streams);
    });
  });
});

describe('a server that goes away and comes back', () => {
  it.each(['stop', 'crash'] as const)(
    'is unavailable meanwhile, and a subscription goes on where it was (%s)',
    async (end) => {
      const writer = await log.storeFor({ append: ['thing'] });
      const reader = await log.storeFor({});
      const { position: after } = await readToEnd(reader, 0n);
      const seen: RecordedEvent[] = [];
      const controller = new AbortController();
      const following = (async () => {
        for await (const page of reader.subscribe({ after, signal: controller.signal })) seen.push(...page.events);
      })();
      const appended = newEvents(20);
      for (const event of appended.slice(0, 10)) await writer.append(`thing-${end}`, 'any', [event]);
      await eventually(() => expect(ids(seen)).toEqual(ids(appended.slice(0, 10))));

      await server[end]();
      const [interrupted] = appended.slice(10, 11);
      expect(await refusalOf(writer.ping())).toEqual({ code: 'unavailable' });
      expect(await refusalOf(reader.readAll({ after }))).toEqual({ code: 'unavailable' });
      expect(await refusalOf(writer.append(`thing-${end}`, 'any', interrupted ? [interrupted] : []))).toEqual({
        code: 'unavailable',
      });

      await server.start();
      await eventually(() => writer.ping());
      for (const event of appended.slice(10)) await writer.append(`thing-${end}`, 'any', [event]);
      await eventually(() => expect(ids(seen)).toEqual(ids(appended)));
      controller.abort();
      await following;
    },
  );
});
