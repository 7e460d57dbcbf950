import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ids, newEvent } from '../contract/log-under-contract.js';
import type { EventStore, Page } from '../port.js';
import { openLogUnderTest, type LogUnderTest } from './log-under-test.js';

describe('following some categories of a busy log', () => {
  let log: LogUnderTest;
  let writer: EventStore;
  let reader: EventStore;
  beforeAll(async () => {
    log = await openLogUnderTest();
    writer = await log.storeFor({ append: ['rare', 'busy'] });
    reader = await log.storeFor({ append: ['rare'], read: ['rare'] });
  });
  afterAll(() => log.close());

  const untilEvents = async (count: number, after: bigint): Promise<Page[]> => {
    const pages: Page[] = [];
    let missing = count;
    for await (const page of reader.subscribe({ after, categories: ['rare'], signal: AbortSignal.timeout(60_000) })) {
      pages.push(page);
      missing -= page.events.length;
      if (missing <= 0) break;
    }
    return pages;
  };

  it('is not woken by every event of the others, and still told its own', async () => {
    const own = newEvent();
    const following = untilEvents(1, 0n);
    for (let number = 0; number < 300; number += 1) await writer.append(`busy-${number}`, 'none', [newEvent()]);
    await writer.append('rare-1', 'none', [own]);
    const pages = await following;
    expect(ids(pages.flatMap(({ events }) => events))).toEqual(ids([own]));
    expect(pages.length).toBeLessThan(100);
  });

  it('is told its own that lies behind a gap, once another category has filled that', async () => {
    const { position: after } = await writer.append('rare-2', 'none', [newEvent()]);
    const following = untilEvents(1, after);
    const late = await log.connect((await log.role({ append: ['busy'] })).url);
    await late.query('begin');
    await log.appendOn(late, 'busy-late');
    const own = newEvent();
    await writer.append('rare-2', 0, [own]);
    expect((await reader.readAll({ after })).events).toEqual([]);
    await late.query('commit');
    const pages = await following;
    expect(ids(pages.flatMap(({ events }) => events))).toEqual(ids([own]));
  });

  it('is told what nobody has announced, and each once what its own store has appended', async () => {
    const { position: after } = await reader.append('rare-3', 'none', [newEvent()]);
    const following = untilEvents(21, after);
    const silent = await log.connect((await log.role({ append: ['rare'] })).url);
    const own = Array.from({ length: 20 }, () => newEvent());
    for (const event of own) await reader.append('rare-3', 'exists', [event]);
    const unannounced = await log.appendOn(silent, 'rare-silent');
    const events = (await following).flatMap((page) => page.events);
    expect(ids(events.slice(0, -1))).toEqual(ids(own));
    expect(events.at(-1)?.position).toBe(unannounced);
  });
});
