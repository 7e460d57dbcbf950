import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '@waymark/testing';
import { DataSource, type EntityManager } from 'typeorm';
import type { Log } from '../log.js';
import { Deferred } from '../waiting.js';
import { type Obeying, type Order, orderColumns, OrderTable } from './order-table.js';

interface Says {
  readonly lampId: string;
  readonly colour: string | null;
}
type Result = { readonly outcome: 'lit' };
const lampOrders = new OrderTable<Says, Result>('lamp_orders', { lampId: 'lamp_id', colour: 'colour' });

describe('a table of what operators have ordered', () => {
  const statements: string[] = [];
  const logged: object[] = [];
  const log: Log = {
    ...{ debug: () => undefined, error: () => undefined },
    ...{ info: (fields) => void logged.push(fields), warn: (fields) => void logged.push(fields) },
  };
  let database: TestDatabase;
  let dataSource: DataSource;
  let obeyed: Order<Says>[] = [];

  beforeAll(async () => {
    database = await createTestDatabase('order_table');
    const counted = { logQuery: (statement: string) => void statements.push(statement) };
    const silent = () => undefined;
    dataSource = await new DataSource({
      ...{ type: 'postgres', url: database.url, logging: true },
      logger: {
        ...{ ...counted, logQueryError: silent, logQuerySlow: silent },
        ...{ logSchemaBuild: silent, logMigration: silent, log: silent },
      },
    }).initialize();
    await dataSource.query(
      `create table lamp_orders (id uuid primary key, lamp_id text not null, colour text, note text, ${orderColumns})`,
    );
  });
  afterAll(async () => {
    await dataSource?.destroy();
    await database?.drop();
  });
  beforeEach(() => {
    obeyed = [];
    statements.length = logged.length = 0;
  });
  afterEach(() => dataSource.query('delete from lamp_orders'));

  const place = (lampId: string, colour: string | null = null, note?: string) =>
    lampOrders.place(dataSource.manager, { lampId, colour, operator: 'amina' }, note);
  const resultOf = (id: string) => lampOrders.result(dataSource.manager, id);
  const light = async (order: Order<Says>): Promise<Result> => {
    obeyed.push(order);
    return { outcome: 'lit' };
  };
  const obey = (carryOut: Obeying<Says, Result>['carryOut'] = light, of: Partial<Says> = {}) =>
    lampOrders.carryOut({ dataSource, log, carryOut, of });

  it('has each carried out once, in the order of time, and tells what came of it', async () => {
    const [first, second] = [await place('hall', 'red'), await place('yard')];
    expect(await resultOf(first)).toBeUndefined();
    await obey();
    await obey();
    expect(obeyed).toEqual([
      { id: first, operator: 'amina', lampId: 'hall', colour: 'red' },
      { id: second, operator: 'amina', lampId: 'yard', colour: null },
    ]);
    expect(await resultOf(second)).toEqual({ outcome: 'lit' });
    expect(logged[0]).toEqual({ orderId: first, operator: 'amina', lampId: 'hall', colour: 'red', outcome: 'lit' });
  });

  it('is asked once when nothing is ordered', async () => {
    await obey();
    expect(statements).toHaveLength(1);
  });

  it('keeps a note for colleagues, and never hands it on', async () => {
    const id = await place('hall', null, 'she rang');
    await obey();
    expect(await dataSource.query('select id, note from lamp_orders')).toEqual([{ id, note: 'she rang' }]);
    expect(JSON.stringify([obeyed, logged])).not.toContain('rang');
  });

  it('takes one up again that failed, or whose time had not come; neither holds up another', async () => {
    const [broken, later, good] = [await place('hall'), await place('yard'), await place('stairs')];
    await obey(async (order) => {
      if (order.id === broken) throw new TypeError('she rang');
      return order.id === later ? undefined : light(order);
    });
    expect(await Promise.all([broken, later, good].map(resultOf))).toEqual([undefined, undefined, { outcome: 'lit' }]);
    expect(logged[0]).toEqual({ orderId: broken, error: 'TypeError' });
    await obey();
    expect(obeyed.map(({ id }) => id)).toEqual([good, broken, later]);
  });

  it('closes an order together with what is done in its transaction, or neither', async () => {
    const id = await place('hall');
    const paint = (manager: EntityManager) =>
      manager.query("update lamp_orders set colour = 'blue' where id = $1", [id]);
    await obey(async (_order, manager) => {
      await paint(manager);
      throw new Error('crashed');
    });
    await obey();
    expect(obeyed).toMatchObject([{ id, colour: null }]);
  });

  it('leaves an order to whoever has it in hand, and goes on with the next', async () => {
    const [held, free] = [await place('hall'), await place('yard')];
    const [reached, mayGoOn] = [new Deferred(), new Deferred()];
    const holding = obey(async (order) => {
      reached.resolve();
      await mayGoOn.promise;
      return light(order);
    });
    await reached.promise;
    await obey();
    expect(obeyed.map(({ id }) => id)).toEqual([free]);
    mayGoOn.resolve();
    await holding;
    expect(obeyed.map(({ id }) => id)).toEqual([free, held]);
  });

  it('carries out and forgets only those of which it is asked', async () => {
    const [hall, yard] = [await place('hall'), await place('yard')];
    await obey(light, { lampId: 'hall' });
    expect(obeyed.map(({ id }) => id)).toEqual([hall]);
    await obey();
    await dataSource.query("update lamp_orders set done_at = now() - interval '91 days'");
    await lampOrders.forget(dataSource.manager, { lampId: 'hall' });
    expect(await resultOf(hall)).toBeUndefined();
    expect(await resultOf(yard)).toBeDefined();
  });

  it('keeps what came of an order for 90 days, one that is open for ever', async () => {
    const [old, recent, open] = [await place('hall'), await place('yard'), await place('stairs', 'red')];
    await obey(light, { lampId: 'hall' });
    await obey(light, { lampId: 'yard' });
    const age = (id: string, days: number) =>
      dataSource.query(
        `update lamp_orders set ordered_at = now() - $2 * interval '1 day', done_at = done_at - $2 * interval '1 day'
         where id = $1`,
        [id, days],
      );
    await Promise.all([age(old, 91), age(recent, 89), age(open, 91)]);
    await lampOrders.forget(dataSource.manager);
    const rows = await dataSource.query<{ id: string }[]>('select id from lamp_orders order by ordered_at');
    expect(rows.map(({ id }) => id)).toEqual([open, recent]);
  });

  const withdraw = (id: string, operator = 'tomas') =>
    lampOrders.withdraw(dataSource.manager, id, { operator, reason: 'no_longer_needed' });
  const recorded: object[] = [];
  const record = () => lampOrders.recordWithdrawals(dataSource, async (order, why) => void recorded.push([order, why]));

  it('tells which wait, which is in hand, and when asked also what came of the others', async () => {
    const [done, held, waits] = [await place('hall'), await place('yard'), await place('stairs', 'red', 'she rang')];
    await obey(light, { lampId: 'hall' });
    const [reached, mayGoOn] = [new Deferred(), new Deferred()];
    const holding = obey(
      async (order) => {
        reached.resolve();
        await mayGoOn.promise;
        return light(order);
      },
      { lampId: 'yard' },
    );
    await reached.promise;
    const open = await lampOrders.list(dataSource.manager, { all: false, limit: 10 });
    expect(open).toMatchObject([
      { order: { id: held, operator: 'amina', lampId: 'yard', colour: null }, state: 'in_hand', note: null },
      { order: { id: waits, lampId: 'stairs', colour: 'red' }, state: 'waiting', note: 'she rang', closedAt: null },
    ]);
    expect(await withdraw(held)).toBe('in_hand');
    mayGoOn.resolve();
    await holding;
    const all = await lampOrders.list(dataSource.manager, { all: true, limit: 1 });
    expect(all).toMatchObject([{ order: { id: done }, state: 'closed', result: { outcome: 'lit' } }]);
  });

  it('has one that was withdrawn carried out by nobody, and recorded once, also when that fails at first', async () => {
    const [mistaken, meant] = [await place('hall', 'red'), await place('yard')];
    expect(await withdraw(mistaken)).toBe('withdrawn');
    await obey();
    expect(obeyed.map(({ id }) => id)).toEqual([meant]);
    expect([await withdraw(mistaken), await withdraw(meant), await withdraw(randomUUID())]).toEqual([
      ...['closed', 'closed', 'unknown'],
    ]);
    await expect(
      lampOrders.recordWithdrawals(dataSource, () => Promise.reject(new Error('the log is away'))),
    ).rejects.toThrow('away');
    await dataSource.query("update lamp_orders set done_at = now() - interval '91 days'");
    await lampOrders.forget(dataSource.manager);
    expect(await resultOf(mistaken)).toEqual({
      ...{ outcome: 'withdrawn', by: 'tomas', because: 'no_longer_needed', recorded: false },
    });
    await record();
    await record();
    expect(recorded).toMatchObject([
      [
        { id: mistaken, operator: 'amina', lampId: 'hall', colour: 'red' },
        { by: 'tomas', because: 'no_longer_needed', at: expect.any(Date) },
      ],
    ]);
    await lampOrders.forget(dataSource.manager);
    expect(await resultOf(mistaken)).toBeUndefined();
  });
});
