import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Type } from '@sinclair/typebox';
import { defineMessage } from '@waymark/contracts';
import type { RecordedEvent } from '@waymark/event-store';
import { publishingOrders } from '@waymark/messaging';
import { eventually, FakeClock } from '@waymark/testing';
import { DataSource } from 'typeorm';
import { createLog } from './log.js';
import { operationsOf } from './operations.js';
import type { ServiceDefinition } from './service-definition.js';
import { type RunningService, startService } from './start-service.js';
import { tallyService } from './tally.fixture.js';
import { prepareGround, type TallyGround } from './tally-ground.fixture.js';

const numberAdded = defineMessage({
  type: 'tally.number-added.v1',
  title: 'A number was added',
  summary: 'A number was added to a tally.',
  key: 'tally',
  schema: Type.Object({ by: Type.Integer() }, { additionalProperties: false }),
  examples: [{ by: 1 }],
});
const definition: ServiceDefinition = {
  ...tallyService,
  publishes: [numberAdded],
  publish: ({ stream }) => ({ type: numberAdded.type, subject: stream, data: { by: 1 } }),
};

describe('a service with two instances that is ordered to publish everything again', () => {
  const clock = new FakeClock('2026-03-02T08:00:00.000Z');
  const lines: string[] = [];
  let ground: TallyGround;
  let database: DataSource;
  const instances: RunningService[] = [];

  const startTwo = async (): Promise<void> => {
    const log = createLog('tally', 'info', { write: (line) => void lines.push(line) });
    for (let count = 0; count < 2; count++) {
      const environment = { ...ground.environment, PORT: await ground.freePort() };
      instances.push(await startService(definition, { environment, clock, log }));
    }
  };
  const stopAll = () => Promise.all(instances.splice(0).map((instance) => instance.stop()));
  beforeAll(async () => {
    ground = await prepareGround();
    database = await new DataSource({ type: 'postgres', url: ground.databaseUrl }).initialize();
    await startTwo();
    const metadata = { actor: { kind: 'staff', id: 'amina' }, correlationId: 'correlation', causationId: 'cause' };
    const event = { type: 'Added', schemaVersion: 3, data: { by: 1 } };
    for (const id of [randomUUID(), randomUUID(), randomUUID()])
      await ground.store.append(`tally-${id}`, 'none', [
        { ...event, id, metadata: { ...metadata, occurredAt: clock.now() } },
      ]);
    await untilPublished();
  });
  afterAll(async () => {
    await stopAll();
    await database?.destroy();
    await ground?.close();
  });

  const untilPublished = () =>
    eventually(async () => {
      const rows = await database.query<object[]>('SELECT service, published::integer FROM relay_checkpoint');
      expect(rows).toEqual([{ service: 'tally', published: 3 }]);
    });
  const order = (operator = 'tomas') => publishingOrders.place(database.manager, { service: 'tally', operator });
  const untilDone = (id: string) =>
    eventually(async () =>
      expect(await publishingOrders.result(database.manager, id)).toEqual({ outcome: 'done', published: 3 }),
    );
  const recorded = async (id: string): Promise<readonly RecordedEvent[]> => {
    const events: RecordedEvent[] = [];
    for await (const event of ground.store.readStream(`${operationsOf('tally')}-${id}`)) events.push(event);
    return events;
  };

  it('does so once, and the log and the log lines say who ordered it', async () => {
    const id = await order();
    await untilDone(id);
    await untilPublished();
    const events = await recorded(id);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      type: 'PublishingAgainOrdered',
      schemaVersion: 1,
      data: { orderId: id, relay: 'tally' },
      metadata: { actor: { kind: 'operator', id: 'tomas' }, correlationId: id, occurredAt: clock.now() },
    });
    await eventually(() => {
      const told = lines.map((line) => JSON.parse(line)).filter(({ orderId }) => orderId === id);
      expect(told).toMatchObject([{ level: 30, service: 'tally', operator: 'tomas', outcome: 'done', published: 3 }]);
    });
  });

  it('records an order once that was interrupted before it was closed', async () => {
    const id = await order();
    await untilDone(id);
    await untilPublished();
    clock.advance({ minutes: 1 });
    await database.query('UPDATE relay_orders SET done_at = NULL, result = NULL WHERE id = $1', [id]);
    await untilDone(id);
    expect(await recorded(id)).toHaveLength(1);
  });

  it('obeys, when it is back, what was ordered while it was down: once for all who did, and the log names each', async () => {
    await untilPublished();
    await stopAll();
    const [first, second] = [await order('tomas'), await order('amina')];
    expect(await recorded(first)).toEqual([]);
    await startTwo();
    await untilDone(first);
    await eventually(async () =>
      expect(await publishingOrders.result(database.manager, second)).toMatchObject({ outcome: 'done', with: first }),
    );
    await untilPublished();
    for (const [id, operator] of [
      [first, 'tomas'],
      [second, 'amina'],
    ] as const)
      expect(await recorded(id)).toMatchObject([{ data: { orderId: id }, metadata: { actor: { id: operator } } }]);
  });
});
