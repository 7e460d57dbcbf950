import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { RecordedEvent } from '@waymark/event-store';
import { eventually } from '@waymark/testing';
import type { Bus, Message } from '../port.js';
import { pause } from '../waiting.js';
import type { Translation } from './compose.js';
import { openRelayGround, type RelayGround, silent } from './relay-ground.fixture.js';
import { relayHeldMigration, relayMigration, relayWindowMigration } from './relay-migration.js';
import { resetRelay } from './reset-relay.js';
import { type Hiding, type Relay, runRelay } from './run-relay.js';

jest.setTimeout(120_000);

/** Months are in the clear; what is told beside them is not. */
const hiding: Hiding = {
  of: ({ type, data }) =>
    type === 'test.counted.v2' ? { among: String(Object(data).month), bare: { month: Object(data).month } } : undefined,
  longestMs: 3_600_000,
};

/** Each thing is counted, after a place that it had before, and awaited under another name. */
const translate = ({ stream, data }: RecordedEvent): Translation => {
  const subject = stream.split('-').slice(1).join('-');
  const { month } = Object(data);
  return [
    { type: 'test.counted.v1', subject, unlinked: true, withdrawn: true, data: {} },
    { type: 'test.counted.v2', subject, unlinked: true, data: { month, matter: `of ${subject}` } },
    { type: 'test.awaited.v1', subject: `answer-${subject}`, unlinked: true, data: { month } },
  ];
};

describe('a relay that lets nothing go but among others that look like it', () => {
  let ground: RelayGround;
  let service: string;
  let category: string;
  let relays: Relay[];
  /** What was handed to the bus, call by call. */
  let sends: (readonly Message[])[];
  let lost: readonly number[];

  beforeAll(async () => {
    ground = await openRelayGround('relay_hiding', [relayMigration, relayWindowMigration, relayHeldMigration]);
  });
  afterAll(() => ground?.close());
  beforeEach(async () => {
    relays = [];
    sends = [];
    lost = [];
    ({ service, category } = await ground.newService());
  });
  afterEach(async () => {
    await Promise.all(relays.map((relay) => relay.stop()));
  });

  const start = (crowd: number, longestMs = hiding.longestMs): Relay => {
    const { store, bus, pool } = ground;
    const watched: Bus = {
      ...bus,
      publish: async (topic, messages) => {
        const index = sends.push(messages) - 1;
        await bus.publish(topic, messages);
        if (lost.includes(index)) throw new Error('the answer was lost');
      },
    };
    const relay = runRelay({
      ...{ service, store, topic: service, bus: watched, pool, log: silent, categories: [category], translate },
      window: { delayMs: 0, crowd, latestMs: 3_600_000, hiding: { ...hiding, longestMs } },
      confirmEveryMs: 30,
    });
    relays.push(relay);
    return relay;
  };
  const tell = async (month: string, ...ids: readonly string[]): Promise<void> => {
    const metadata = {
      ...{ actor: { kind: 'staff', id: 'amina' }, correlationId: 'correlation', causationId: 'cause' },
      occurredAt: '2026-03-02T08:00:00.000Z',
    };
    for (const id of ids)
      await ground.store.append(`${category}-${id}`, 'any', [
        { id: randomUUID(), type: 'Opened', schemaVersion: 1, data: { month }, metadata },
      ]);
  };
  const went = (count: number) => eventually(() => expect(sends).toHaveLength(count));
  const subjectsOf = (messages: readonly Message[] | undefined, type = 'test.counted.v2') =>
    (messages ?? []).filter((message) => message.type === type).map(({ subject }) => subject);
  const countedIn = (send: number): readonly string[] => subjectsOf(sends[send]).toSorted();

  it('holds back those of a month that are too few, and lets them go with a later window when they are enough', async () => {
    start(3);
    await tell('2026-03', 'a', 'b', 'c');
    await went(1);
    await tell('2026-04', 'd');
    await tell('2026-03', 'e', 'f');
    await went(2);
    expect([countedIn(0), countedIn(1)]).toEqual([['a', 'b', 'c'], []]);
    await tell('2026-03', 'g');
    await tell('2026-04', 'h', 'i');
    await went(3);
    expect(countedIn(2)).toEqual(['d', 'e', 'f', 'g', 'h', 'i']);
    expect(sends[2]?.find(({ subject, sequence }) => subject === 'd' && sequence === 2)?.data).toEqual({
      ...{ month: '2026-04', matter: 'of d' },
    });
  });

  it('holds back all that is about them, and nothing that is about others', async () => {
    start(3);
    await tell('2026-03', 'a', 'b');
    await tell('2026-04', 'c');
    await went(1);
    expect(sends[0]?.map(({ subject }) => subject).toSorted()).toEqual(['answer-a', 'answer-b', 'answer-c']);
    await tell('2026-04', 'd', 'e', 'f');
    await went(2);
    for (const id of ['c', 'd', 'e', 'f']) {
      const its = sends[1]?.filter(({ subject }) => subject === id) ?? [];
      expect(its.map(({ sequence, type }) => [sequence, type])).toEqual([
        [1, 'waymark.message-withdrawn.v1'],
        [2, 'test.counted.v2'],
      ]);
    }
    expect(countedIn(1)).toEqual(['c', 'd', 'e', 'f']);
  });

  it('says how many it holds back, and is not behind for them', async () => {
    const relay = start(2);
    await tell('2026-03', 'a');
    await tell('2026-04', 'b');
    await went(1);
    await eventually(async () => expect(await relay.lag()).toEqual({ events: 0, seconds: 0, held: 2 }));
  });

  it('lets those go bare for whom no crowd came', async () => {
    start(3, 5_000);
    await tell('2026-01', 'a');
    await tell('2026-03', 'b', 'c');
    await went(1);
    await pause(5_100);
    await tell('2026-03', 'd', 'e', 'f');
    await went(2);
    const told = sends[1]?.filter(({ type }) => type === 'test.counted.v2') ?? [];
    expect(told.find(({ subject }) => subject === 'a')?.data).toEqual({ month: '2026-01' });
    // Five of March hide each other, two of whom would have gone bare by now.
    expect(
      told
        .filter(({ data }) => 'matter' in data)
        .map(({ subject }) => subject)
        .toSorted(),
    ).toEqual([...['b', 'c', 'd', 'e', 'f']]);
  });

  it('tells the same with the same window when it dies, and when everything is published again', async () => {
    lost = [1, 2];
    const first = start(3);
    await tell('2026-03', 'a', 'b', 'c');
    await tell('2026-04', 'd');
    await went(1);
    await tell('2026-04', 'e', 'f');
    await tell('2026-05', 'g');
    await went(4);
    await first.stop();
    lost = [];
    const contents = sends.map((messages) => messages.map((message) => JSON.stringify(message)).toSorted());
    expect(contents[2]).toEqual(contents[1]);
    expect(contents[3]).toEqual(contents[1]);
    expect(countedIn(1)).toEqual(['d', 'e', 'f']);
    await resetRelay(ground.pool, service);
    sends = [];
    start(1);
    await went(2);
    expect(sends.map((messages) => messages.map((message) => JSON.stringify(message)).toSorted())).toEqual([
      contents[0],
      contents[1],
    ]);
    await tell('2026-06', 'h');
    await went(3);
    expect(countedIn(2)).toEqual(['g', 'h']);
  });
});
