import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@waymark/testing';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import type { Log } from '../log.js';
import type { Message } from '../port.js';
import { Deferred } from '../waiting.js';
import { carryOutPublishingOrders, type PublishingOrder, publishingOrders } from './publishing-orders.js';
import { openRelayGround, type RelayGround, silent } from './relay-ground.fixture.js';
import { relayMigration, relayOrdersMigration, relayOrdersOfSeveralMigration } from './relay-migration.js';
import { runRelay, type Relay } from './run-relay.js';

describe('an operator who orders that everything be published again', () => {
  let ground: RelayGround;
  let instances: readonly DataSource[];
  let service: string;
  let category: string;
  let relay: Relay | undefined;
  let recorded: PublishingOrder[];
  let said: object[];

  beforeAll(async () => {
    ground = await openRelayGround('publishing_orders', [
      ...[relayMigration, relayOrdersMigration, relayOrdersOfSeveralMigration],
    ]);
    const applicationName = 'instance';
    instances = await Promise.all(
      [1, 2].map(() =>
        new DataSource({ type: 'postgres', url: ground.database.url, applicationName, poolErrorHandler }).initialize(),
      ),
    );
  });
  afterAll(async () => {
    await Promise.all(instances?.map((instance) => instance.destroy()) ?? []);
    await ground?.close();
  });
  beforeEach(async () => {
    ({ service, category } = await ground.newService());
    [recorded, said] = [[], []];
  });
  afterEach(async () => {
    await relay?.stop();
    await ground.pool.query('delete from relay_orders');
  });

  const poolErrorHandler = (): void => undefined;
  const manager = () => instances[0]!.manager;
  const log: Log = {
    ...silent,
    info: (fields) => void said.push(fields),
    warn: (fields) => void said.push(fields),
  };
  const record = async (order: PublishingOrder): Promise<void> => void recorded.push(order);
  const obey = (onOrder = record, instance = 0) =>
    carryOutPublishingOrders({ dataSource: instances[instance]!, log, onOrder });
  const order = (operator = 'amina', of = service) => publishingOrders.place(manager(), { service: of, operator });
  const resultOf = (id: string) => publishingOrders.result(manager(), id);

  const start = async (): Promise<void> => {
    relay = runRelay({
      ...{ service, topic: service, categories: [category], log: silent, confirmEveryMs: 30 },
      ...{ store: ground.store, bus: ground.bus, pool: ground.pool },
      translate: ({ stream, data }) => ({ type: 'test.happened.v1', subject: stream.slice(category.length + 1), data }),
    });
    await relay.ready;
  };
  const append = async (count: number): Promise<void> => {
    const metadata = {
      actor: { kind: 'staff', id: 'amina' },
      ...{ correlationId: 'correlation', causationId: 'cause', occurredAt: '2026-03-02T08:00:00.000Z' },
    };
    const event = { type: 'Happened', schemaVersion: 1, data: {}, metadata };
    const events = Array.from({ length: count }, () => ({ ...event, id: randomUUID() }));
    await ground.store.append(`${category}-a`, 'any', events);
  };
  const published = async (): Promise<string[]> => {
    const { rows } = await ground.pool.query<{ value: Buffer }>(
      'select value from bus.messages where topic = $1 order by "offset"',
      [service],
    );
    return rows.map(({ value }) => {
      const { id, sequence }: Message = JSON.parse(value.toString());
      return `${sequence} ${id}`;
    });
  };
  const checkpoint = async () => {
    const { rows } = await ground.pool.query<{ epoch: string; published: number }>(
      'select epoch, published::integer from relay_checkpoint where service = $1',
      [service],
    );
    return rows[0];
  };
  /** Three messages are published, and that they are is noted. */
  const threePublished = async (): Promise<readonly string[]> => {
    await append(3);
    await start();
    await eventually(async () => expect(await checkpoint()).toMatchObject({ published: 3 }));
    return published();
  };

  it('is recorded first, while the relay goes on; then all of it comes again, with the same ids and sequences', async () => {
    await threePublished();
    const id = await order();
    expect(await resultOf(id)).toBeUndefined();
    await obey(async (taken) => {
      await append(1);
      await eventually(async () => expect(await checkpoint()).toMatchObject({ published: 4 }));
      await record(taken);
    });
    expect(recorded).toEqual([{ id, service, operator: 'amina' }]);
    expect(await resultOf(id)).toEqual({ outcome: 'done', published: 4 });
    const first = (await published()).slice(0, 4);
    await eventually(async () => expect(await published()).toEqual([...first, ...first]));
    await append(1);
    await eventually(async () => expect((await published()).at(-1)).toMatch(/^5 /));
    expect(said).toEqual([{ service, orderId: id, operator: 'amina', outcome: 'done', published: 4 }]);
  });

  it('has nothing published again that cannot be recorded, until it can', async () => {
    await threePublished();
    const before = await checkpoint();
    const id = await order();
    await obey(() => Promise.reject(new TypeError('the log is away, says Amina')));
    expect(await checkpoint()).toEqual(before);
    expect(await resultOf(id)).toBeUndefined();
    expect(said).toEqual([{ orderId: id, error: 'TypeError' }]);
    await obey();
    expect(await resultOf(id)).toEqual({ outcome: 'done', published: 3 });
  });

  it('is obeyed after its connection was cut between the record and the new start, as the same order', async () => {
    const first = await threePublished();
    const before = await checkpoint();
    const id = await order();
    await obey(async (taken) => {
      await record(taken);
      await ground.pool.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'instance' and state = 'idle in transaction'`,
      );
    }).catch(() => undefined);
    expect(recorded).toHaveLength(1);
    expect(await checkpoint()).toEqual(before);
    expect(await resultOf(id)).toBeUndefined();
    await obey();
    expect(recorded).toEqual([recorded[0], recorded[0]]);
    await eventually(async () => expect(await published()).toEqual([...first, ...first]));
  });

  it('is closed together with the new start, or neither is', async () => {
    await threePublished();
    const before = await checkpoint();
    const id = await order();
    await ground.pool.query('alter table relay_orders add constraint closes_later check (done_at is null) not valid');
    await obey();
    expect(await checkpoint()).toEqual(before);
    await ground.pool.query('alter table relay_orders drop constraint closes_later');
    await obey();
    expect(await resultOf(id)).toEqual({ outcome: 'done', published: 3 });
  });

  it('is obeyed once by two instances that take it up at once, and by one that comes later not again', async () => {
    await threePublished();
    const before = Number((await checkpoint())?.epoch);
    const id = await order();
    const [reached, mayGoOn] = [new Deferred(), new Deferred()];
    const holding = obey(async (taken) => {
      await record(taken);
      reached.resolve();
      await mayGoOn.promise;
    });
    await reached.promise;
    await obey(record, 1);
    expect(await resultOf(id)).toBeUndefined();
    mayGoOn.resolve();
    await holding;
    await obey(record, 1);
    expect(recorded).toHaveLength(1);
    // One for the order, one for whoever leads after it.
    await eventually(async () => expect(Number((await checkpoint())?.epoch)).toBe(before + 2));
  });

  it('begins anew once for all who ordered before it did, and each is recorded; for one who orders later once more', async () => {
    await threePublished();
    await relay?.stop();
    const before = Number((await checkpoint())?.epoch);
    const ids = [await order('amina'), await order('tomas'), await order('tomas')];
    const facts = await order('amina', `${service}-facts`);
    await obey();
    expect(recorded.map(({ id, operator }) => [id, operator])).toEqual([
      [ids[0], 'amina'],
      [ids[1], 'tomas'],
      [ids[2], 'tomas'],
      [facts, 'amina'],
    ]);
    expect(await Promise.all([...ids, facts].map(resultOf))).toEqual([
      { outcome: 'done', published: 3 },
      { outcome: 'done', published: 3, with: ids[0] },
      { outcome: 'done', published: 3, with: ids[0] },
      { outcome: 'done', published: 0 },
    ]);
    expect(Number((await checkpoint())?.epoch)).toBe(before + 1);
    const later = await order('tomas');
    await obey();
    expect(await resultOf(later)).toEqual({ outcome: 'done', published: 0 });
    expect(Number((await checkpoint())?.epoch)).toBe(before + 2);
  });

  it('begins anew once when two instances carry out two orders at once', async () => {
    await threePublished();
    await relay?.stop();
    const before = Number((await checkpoint())?.epoch);
    const ids = [await order('amina'), await order('tomas')];
    const both = new Deferred();
    const meet = async (taken: PublishingOrder): Promise<void> => {
      await record(taken);
      if (recorded.length === 2) both.resolve();
      await both.promise;
    };
    await Promise.all([obey(meet), obey(meet, 1)]);
    expect(recorded.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    expect(Number((await checkpoint())?.epoch)).toBe(before + 1);
    const results = await Promise.all(ids.map(resultOf));
    expect(results.filter((result) => result?.outcome === 'done' && result.with !== undefined)).toHaveLength(1);
  });

  it('does not take an order for done that shared the start of another, when one comes between the two', async () => {
    await threePublished();
    await relay?.stop();
    await order('amina');
    const second = await order('tomas');
    let between = '';
    await obey(async ({ id }) => {
      if (id === second) between = await order('amina');
    });
    await obey();
    expect(await resultOf(between)).toEqual({ outcome: 'done', published: 0 });
  });

  it('is obeyed though a colleague has withdrawn theirs meanwhile', async () => {
    await threePublished();
    await relay?.stop();
    const [id, withdrawn] = [await order('amina'), await order('tomas')];
    const reason = 'duplicate';
    await publishingOrders.withdraw(manager(), withdrawn, { operator: 'tomas', reason });
    await obey();
    expect(await resultOf(id)).toEqual({ outcome: 'done', published: 3 });
    expect(recorded.map((taken) => taken.id)).toEqual([id]);
  });

  it('is obeyed when no instance runs, as soon as one does', async () => {
    const first = await threePublished();
    await relay?.stop();
    const id = await order();
    expect(await resultOf(id)).toBeUndefined();
    await start();
    await obey();
    await eventually(async () => expect(await published()).toEqual([...first, ...first]));
  });
});
