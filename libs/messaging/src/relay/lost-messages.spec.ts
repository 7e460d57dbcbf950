import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { EventStore } from '@waymark/event-store';
import { eventually } from '@waymark/testing';
import { randomUUID } from 'node:crypto';
import type { Bus } from '../port.js';
import { openRelayGround, type RelayGround, silent } from './relay-ground.fixture.js';
import { relayMigration } from './relay-migration.js';
import { runRelay, type Relay } from './run-relay.js';

const withHistory = (store: EventStore, history: EventStore['history']): EventStore => ({
  append: (...asked) => store.append(...asked),
  readStream: (...asked) => store.readStream(...asked),
  readStreamMetadata: (stream) => store.readStreamMetadata(stream),
  readAll: (options) => store.readAll(options),
  newest: (options) => store.newest(options),
  subscribe: (options) => store.subscribe(options),
  ping: () => store.ping(),
  close: () => store.close(),
  history,
});

describe('a relay whose topic holds repeats', () => {
  let ground: RelayGround;
  let service: string;
  let relay: Relay;
  let ends: ReadonlyMap<number, bigint>;
  let published: string[];
  let history: string;

  beforeAll(async () => {
    ground = await openRelayGround('lost_messages', [relayMigration]);
  });
  afterAll(() => ground?.close());
  beforeEach(async () => {
    published = [];
    history = 'one';
    // More than the three that are published: others were repeated.
    ends = new Map([
      [0, 5n],
      [1, 5n],
    ]);
    const { category, ...named } = await ground.newService();
    ({ service } = named);
    const metadata = {
      actor: { kind: 'staff', id: 'amina' },
      ...{ correlationId: 'correlation', causationId: 'cause', occurredAt: '2026-03-02T08:00:00.000Z' },
    };
    const events = [1, 2, 3].map(() => ({ id: randomUUID(), type: 'Happened', schemaVersion: 1, data: {}, metadata }));
    await ground.store.append(`${category}-one`, 'none', events);
    const bus: Bus = {
      ...ground.bus,
      ends: async () => ends,
      publish: async (_topic, messages) => {
        published.push(...messages.map(({ subject, sequence }) => `${subject} ${sequence}`));
      },
    };
    relay = runRelay({
      ...{
        service,
        store: withHistory(ground.store, async () => history),
        categories: [category],
        topic: service,
        bus,
        pool: ground.pool,
        log: silent,
      },
      ...{ confirmEveryMs: 20, lookEveryMs: 50 },
      translate: ({ data }) => ({ type: 'test.happened.v1', subject: 'one', data }),
    });
    await eventually(() => published.length === 3);
    await eventually(async () => expect(await seen()).toEqual({ 0: '5', 1: '5' }));
  });
  afterEach(() => relay?.stop());

  const seen = async (): Promise<object | undefined> => {
    const { rows } = await ground.pool.query<{ ends: object }>('select ends from relay_checkpoint where service = $1', [
      service,
    ]);
    return rows[0]?.ends;
  };
  const everything = ['one 1', 'one 2', 'one 3'];
  const publishesAgain = async (): Promise<void> => {
    await eventually(() => published.length >= 6);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(published).toEqual([...everything, ...everything]);
    expect(await seen()).toEqual(Object.fromEntries([...ends].map(([partition, end]) => [partition, String(end)])));
  };

  it('publishes everything again when a partition reaches less far than it did, although more is there than was published', async () => {
    ends = new Map([
      [0, 9n],
      [1, 4n],
    ]);
    await publishesAgain();
  });

  it('publishes everything again when a partition is gone', async () => {
    ends = new Map([[0, 20n]]);
    await publishesAgain();
  });

  it('publishes everything again when the log goes by another history than a moment ago', async () => {
    history = 'another';
    await publishesAgain();
  });

  it('publishes nothing again when they only grow, or one more is there', async () => {
    ends = new Map([
      [0, 5n],
      [1, 8n],
      [2, 0n],
    ]);
    await eventually(async () => expect(await seen()).toEqual({ 0: '5', 1: '8', 2: '0' }));
    expect(published).toEqual(everything);
  });
});
