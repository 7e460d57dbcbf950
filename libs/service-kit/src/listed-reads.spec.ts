import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Principal, StaffPrincipal } from '@waymark/access';
import { openPostgresEventStore, type RecordedEvent } from '@waymark/event-store';
import { FakeClock } from '@waymark/testing';
import { toProblem } from './problem.filter.js';
import { ReadLog, type ShownLine } from './read-log.js';
import { prepareGround, type TallyGround } from './tally-ground.fixture.js';

const person = (): StaffPrincipal => ({ kind: 'staff', id: randomUUID(), roles: ['officer'], unit: 'support_desk' });
const linesOn = (ground: string, count = 3): readonly ShownLine[] =>
  Array.from({ length: count }, () => ({ stream: `case-${randomUUID()}`, ground }));
const streamsOf = (lines: readonly ShownLine[]) => lines.map(({ stream }) => stream);

describe('A list that shows something of persons', () => {
  let ground: TallyGround;
  let clock: FakeClock;
  let reads: ReadLog;
  const instance = () => new ReadLog('tally', ground.store, clock);
  beforeAll(async () => {
    ground = await prepareGround();
  });
  beforeEach(() => {
    clock = new FakeClock();
    reads = instance();
  });
  afterAll(() => ground?.close());

  const recorded = async (reader: StaffPrincipal): Promise<readonly RecordedEvent[]> => {
    const found: RecordedEvent[] = [];
    for (let after = -1n; ;) {
      const { events, position } = await ground.store.readAll({ after, categories: ['tally_access'], limit: 1_000 });
      if (position === after) return found;
      after = position;
      found.push(...events.filter(({ metadata }) => metadata.actor.id === reader.id));
    }
  };
  const list = (principal: Principal, lines: readonly ShownLine[], what = 'ListCases', from = reads) =>
    from.listed({ principal, what, lines });

  it('is one event a page: who, what was shown, what for and on which ground', async () => {
    const [reader, lines] = [person(), linesOn('team')];
    await list(reader, lines);
    const events = await recorded(reader);
    expect(events).toEqual([
      expect.objectContaining({
        type: 'ClientDataListed',
        data: { what: 'ListCases', ground: 'team', shown: streamsOf(lines).sort() },
        metadata: expect.objectContaining({
          unit: 'support_desk',
          purpose: 'accompaniment',
          occurredAt: clock.now(),
        }),
      }),
    ]);
    expect(events[0]?.stream).toBe(`tally_access-${events[0]?.id}`);
  });

  it('is an event for each ground on which lines of it are shown, with what is usual on that', async () => {
    const [reader, own, others] = [person(), linesOn('team'), linesOn('supervisor')];
    await list(reader, [...own, ...others]);
    const told = (await recorded(reader)).map(({ data, metadata }) => ({ ...data, purpose: metadata.purpose }));
    expect(new Set(told)).toEqual(
      new Set([
        { what: 'ListCases', ground: 'team', shown: streamsOf(own).sort(), purpose: 'accompaniment' },
        { what: 'ListCases', ground: 'supervisor', shown: streamsOf(others).sort(), purpose: 'supervision' },
      ]),
    );
  });

  it.each([
    ['desk', 'triage'],
    ['recipient', 'referral'],
    ['auditor', 'audit'],
  ])('on the ground %s is usually read for %s, and for what is stated', async (on, usual) => {
    const [reader, lines] = [person(), linesOn(on)];
    await list(reader, lines);
    await list({ ...reader, purpose: 'security' }, lines);
    expect((await recorded(reader)).map(({ metadata }) => metadata.purpose)).toEqual([usual, 'security']);
  });

  it('is an event for each purpose that lines of it are usually read for, and one for what is stated', async () => {
    const [reader, lines] = [person(), linesOn('team', 2)];
    const mixed = lines.map((line, index) => (index ? { ...line, usual: 'follow_up' as const } : line));
    await list(reader, mixed);
    await list({ ...reader, purpose: 'security' }, mixed);
    const purposes = (await recorded(reader)).map(({ metadata }) => metadata.purpose);
    expect(purposes.sort()).toEqual(['accompaniment', 'follow_up', 'security']);
  });

  it('names a thing once, however many of its lines are about it', async () => {
    const [reader, lines] = [person(), linesOn('supervisor', 1)];
    await list(reader, [...lines, ...lines]);
    expect((await recorded(reader)).map(({ data }) => data)).toMatchObject([{ shown: streamsOf(lines) }]);
  });

  it('is recorded once within the hour, in whatever order, from several instances at once, and again in the next', async () => {
    const [reader, lines] = [person(), linesOn('team', 20)];
    const instances = [reads, instance(), instance()];
    const shows = [...instances, ...instances].map((each, index) =>
      list(reader, index % 2 ? lines : lines.toReversed(), 'ListCases', each),
    );
    await Promise.all(shows);
    clock.advance({ minutes: 59 });
    await list(reader, lines);
    expect(await recorded(reader)).toHaveLength(1);
    clock.advance({ minutes: 1 });
    for (const each of instances) await list(reader, lines, 'ListCases', each);
    expect(await recorded(reader)).toHaveLength(2);
  });

  it('is another event with other lines, as another list, for another purpose and for somebody else', async () => {
    const [reader, colleague, lines] = [person(), person(), linesOn('team')];
    await list(reader, lines);
    await list(reader, lines.slice(1));
    await list(reader, [...lines, ...linesOn('team', 1)]);
    await list(reader, lines, 'ListEmergencyAccesses');
    await list({ ...reader, purpose: 'security' }, lines);
    await list(colleague, lines);
    expect(await recorded(reader)).toHaveLength(5);
    expect(await recorded(colleague)).toHaveLength(1);
  });

  it('is not recorded when it shows nothing', async () => {
    const reader = person();
    await list(reader, []);
    expect(await recorded(reader)).toEqual([]);
  });

  it('is not shown when the log cannot be reached', async () => {
    const gone = openPostgresEventStore({ url: 'postgres://nobody:nothing@127.0.0.1:9/nowhere' });
    try {
      const error: unknown = await list(
        person(),
        linesOn('desk'),
        'ListConcerns',
        new ReadLog('tally', gone, clock),
      ).catch((failure: unknown) => failure);
      expect(toProblem(error)).toMatchObject({ status: 503, code: 'event_store_unavailable' });
    } finally {
      await gone.close();
    }
  });
});
