import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newEvent, newEvents, openLogGround, waymark, type LogGround } from './log-ground.fixture.js';

let ground: LogGround;
beforeAll(async () => {
  ground = await openLogGround();
});
afterAll(() => ground.close());

const stats = async (...args: readonly string[]) => {
  const { code, out } = await waymark('events', 'stats', '--url', ground.url, ...args);
  expect(code).toBe(0);
  return out;
};

describe('the statistics of the log', () => {
  it('are those of nothing as long as nothing has happened', async () => {
    expect(JSON.parse(await stats('--json'))).toEqual({
      ...{ events: 0, bytes: 0, streams: 0, firstRecordedAt: null, lastRecordedAt: null, categories: [], days: [] },
    });
    expect(await stats()).toBe('0 events in 0 streams, 0 B of data and metadata\n');
  });

  it('count what the database counts', async () => {
    await ground.store.append('thing-a', 'none', [...newEvents(300), newEvent({ text: 'مرحبا' }, 'ThingEnded')]);
    await ground.store.append('thing-b', 'none', newEvents(7));
    await ground.store.append('other-c', 'none', newEvents(1));
    // So that there are several days to count.
    await ground.tamper(`update waymark.events set recorded_at = recorded_at - interval '3 days' where revision < 100`);
    const told = JSON.parse(await stats('--json', '--days', '5'));
    const [total] = await ground.sql(
      `select count(*)::integer as events, sum(octet_length(data) + octet_length(metadata))::integer as bytes,
         count(distinct stream_id)::integer as streams, min(recorded_at) as "firstRecordedAt",
         max(recorded_at) as "lastRecordedAt"
       from waymark.events`,
    );
    expect(told).toMatchObject(JSON.parse(JSON.stringify(total)));
    const types = await ground.sql(
      `select category, type, count(*)::integer as events, sum(octet_length(data) + octet_length(metadata))::integer as bytes
       from waymark.events group by 1, 2 order by 1, 2`,
    );
    type Told = { category: string; types: readonly object[] };
    expect(
      told.categories.flatMap(({ category, types: of }: Told) => of.map((type) => ({ category, ...type }))),
    ).toEqual(types);
    expect(told.categories.map(({ streams }: { streams: number }) => streams)).toEqual([1, 2]);
    const days = await ground.sql(
      `select to_char(d, 'YYYY-MM-DD') as day, count(position)::integer as events
       from generate_series((select date_trunc('day', max(recorded_at) at time zone 'UTC') from waymark.events) - interval '4 days',
         (select date_trunc('day', max(recorded_at) at time zone 'UTC') from waymark.events), '1 day') d
       left join waymark.events on date_trunc('day', recorded_at at time zone 'UTC') = d group by d order by d desc`,
    );
    expect(told.days).toEqual(days);
    expect(days.map(({ events }) => events)).toEqual([201, 0, 0, 108, 0]);
    expect(told).not.toHaveProperty('size');
  });

  it('say what the log takes on disk to its owner', async () => {
    const { size } = JSON.parse(await stats('--json', '--admin-url', ground.adminUrl));
    const [database] = await ground.sql(`select pg_total_relation_size('waymark.events')::integer as bytes`);
    expect(size.totalBytes).toBe(database?.bytes);
    expect(size.tables.map(({ name }: { name: string }) => name).sort()).toEqual(['events']);
    expect(size.indexes.map(({ name }: { name: string }) => name)).toContain('events_category_position');
    const text = await stats('--admin-url', ground.adminUrl);
    expect(text).toContain('309 events in 3 streams');
    expect(text).toMatch(/ThingEnded +1 /);
    expect(text).toMatch(/On disk [\d.]+ KiB/);
  });
});
