import { randomUUID } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import { errorFields, type Log } from '../log.js';

/** Columns of every table of orders, beside its `id` and what its orders say. Migrations that have run quote them. */
export const orderColumns = `operator text not null,
  ordered_at timestamptz not null default clock_timestamp(),
  done_at timestamptz,
  result jsonb check ((done_at is null) = (result is null))`;

/** Why an operator takes back what was ordered. A closed list: the log keeps it in the clear for ever. */
export const withdrawalReasons = [
  'ordered_by_mistake',
  'no_longer_needed',
  'duplicate',
  'superseded',
  'handled_by_hand',
] as const;
export type WithdrawalReason = (typeof withdrawalReasons)[number];

/** What came of an order that was taken back before it was carried out: by whom, and why. */
export interface Withdrawn {
  readonly outcome: 'withdrawn';
  readonly by: string;
  readonly because: WithdrawalReason;
  /** Whether the service has written that into the log. */
  readonly recorded: boolean;
}

/** What an operator has ordered. */
export type Order<Says extends object> = Says & { readonly id: string; readonly operator: string };

/** An order with where it is: `waiting` until a service takes it up, `in_hand` while one carries it out. */
export interface OrderStanding<Says extends object> {
  readonly order: Order<Says>;
  readonly orderedAt: Date;
  /** For colleagues, in a table that has room for it. */
  readonly note: string | null;
  readonly state: 'waiting' | 'in_hand' | 'closed';
  readonly closedAt: Date | null;
  readonly result: { readonly outcome: string } | null;
}

const unrecorded = "result ->> 'recorded' = 'false'";

/** What came of an order can be asked for so long. */
const keptForMs = 90 * 86_400_000;

/** How the orders of a table are carried out. */
export interface Obeying<Says extends object, Result> {
  /** The service's own database, which has the table. */
  readonly dataSource: DataSource;
  readonly log: Log;
  /** Only orders that say this; without it all. */
  readonly of?: Partial<Says>;
  readonly stopping?: AbortSignal;
  /**
   * Does what is ordered, and again when that was interrupted; undefined: not now. The transaction holds the order, so that no other
   * instance takes it up, and closes it: what is done in it is done together with that, or not at all.
   */
  readonly carryOut: (order: Order<Says>, manager: EntityManager) => Promise<Result | undefined>;
}

/**
 * A table of what operators have ordered, to be carried out by the service itself (ADR 16). `Says` is what an order says, `Result` what
 * comes of it.
 */
export class OrderTable<Says extends object, Result extends { readonly outcome: string }> {
  private readonly columns: readonly (readonly [property: keyof Says & string, column: string])[];

  constructor(
    private readonly table: string,
    columns: Readonly<Record<keyof Says & string, string>>,
  ) {
    this.columns = Object.entries<string>(columns) as [keyof Says & string, string][];
  }

  /**
   * Orders what the service carries out, now or as soon as it runs. Answers the order's id. A `note`, in a table that has room for it,
   * is for colleagues who look there: it is not read here, and so comes into no log.
   */
  async place(manager: EntityManager, order: Says & { readonly operator: string }, note?: string): Promise<string> {
    const id = randomUUID();
    const row = [
      ['id', id],
      ['operator', order.operator],
      ...this.columns.map(([property, column]) => [column, order[property]]),
      ...(note === undefined ? [] : [['note', note]]),
    ];
    await manager.query(
      `insert into ${this.table} (${row.map(([column]) => column).join(', ')})
       values (${row.map((_, index) => `$${index + 1}`).join(', ')})`,
      row.map(([, value]) => value),
    );
    return id;
  }

  /** Undefined as long as it has not been carried out. */
  async result(manager: EntityManager, id: string): Promise<Result | Withdrawn | undefined> {
    const [row] = await manager.query<{ result: Result | Withdrawn | null }[]>(
      `select result from ${this.table} where id = $1`,
      [id],
    );
    return row?.result ?? undefined;
  }

  /**
   * Carries out what is ordered, in the order of time, each order once; one that was interrupted is taken up again, and one that fails
   * holds up no other. One statement when nothing is ordered.
   */
  async carryOut(obeying: Obeying<Says, Result>): Promise<void> {
    const { dataSource, log, of = {}, stopping } = obeying;
    const { where, values } = this.saying(of);
    const open = await dataSource.query<{ id: string }[]>(
      `select id from ${this.table} where done_at is null${where} order by ordered_at, id`,
      values,
    );
    for (const { id } of open) {
      if (stopping?.aborted) return;
      try {
        // What others commit while the order is carried out is seen.
        const done = await dataSource.transaction('READ COMMITTED', (manager) => this.take(manager, id, obeying));
        if (done) log.info(done, 'order done');
      } catch (error) {
        log.warn({ ...of, orderId: id, ...errorFields(error) }, 'order not carried out, trying again');
      }
    }
  }

  /** Open orders, or with `all` also closed ones, the oldest first. */
  list(
    manager: EntityManager,
    { all, limit }: { readonly all: boolean; readonly limit: number },
  ): Promise<readonly OrderStanding<Says>[]> {
    return manager.transaction(async (within) => {
      const rows = await within.query<StandingRow<Says>[]>(
        `select id, operator${this.said()}, ordered_at, done_at, result, to_jsonb(ordered) ->> 'note' as note
         from ${this.table} as ordered where $1 or done_at is null order by ordered_at, id limit $2`,
        [all, limit],
      );
      // Whoever carries one out holds its row.
      const free = await within.query<{ id: string }[]>(
        `select id from ${this.table} where done_at is null for key share skip locked`,
      );
      return rows.map(({ ordered_at: orderedAt, done_at: closedAt, result, note, ...order }) => ({
        ...{ order: order as Order<Says>, orderedAt, closedAt, result, note },
        state: closedAt ? 'closed' : free.some(({ id }) => id === order.id) ? 'waiting' : 'in_hand',
      }));
    });
  }

  /**
   * Takes an order back that nobody carries out at this moment, so that nobody ever will. The service records it when it runs
   * (`recordWithdrawals`).
   */
  async withdraw(
    manager: EntityManager,
    id: string,
    { operator: by, reason: because }: { readonly operator: string; readonly reason: WithdrawalReason },
  ): Promise<'withdrawn' | 'in_hand' | 'closed' | 'unknown'> {
    const withdrawn: Withdrawn = { outcome: 'withdrawn', by, because, recorded: false };
    const [, count] = await manager.query<[unknown, number]>(
      `update ${this.table} set done_at = clock_timestamp(), result = $2
       where id = (select id from ${this.table} where id = $1 and done_at is null for update skip locked)`,
      [id, JSON.stringify(withdrawn)],
    );
    if (count > 0) return 'withdrawn';
    const [row] = await manager.query<{ closed: boolean }[]>(
      `select done_at is not null as closed from ${this.table} where id = $1`,
      [id],
    );
    if (!row) return 'unknown';
    return row.closed ? 'closed' : 'in_hand';
  }

  /** Has each order recorded that was withdrawn, once; again when that failed or was interrupted. One statement when none was. */
  async recordWithdrawals(
    dataSource: DataSource,
    record: (order: Order<Says>, withdrawn: Withdrawn & { readonly at: Date }) => Promise<void>,
  ): Promise<void> {
    const open = await dataSource.query<{ id: string }[]>(
      `select id from ${this.table} where ${unrecorded} order by done_at, id`,
    );
    for (const { id } of open)
      await dataSource.transaction(async (manager) => {
        const [row] = await manager.query<(StandingRow<Says> & { done_at: Date; result: Withdrawn })[]>(
          `select id, operator${this.said()}, done_at, result from ${this.table}
           where id = $1 and ${unrecorded} for update skip locked`,
          [id],
        );
        if (!row) return;
        const { done_at: at, result, ...order } = row;
        await record(order as Order<Says>, { ...result, at });
        await manager.query(`update ${this.table} set result = $2 where id = $1`, [
          id,
          JSON.stringify({ ...result, recorded: true }),
        ]);
      });
  }

  /** Forgets what was carried out so long ago, by the time of the database, which gave it to the orders. */
  async forget(manager: EntityManager, of: Partial<Says> = {}, forMs = keptForMs): Promise<void> {
    const { where, values } = this.saying(of);
    await manager.query(
      `delete from ${this.table}
       where done_at < clock_timestamp() - $${values.length + 1} * interval '1 millisecond' and not coalesce(${unrecorded}, false)${where}`,
      [...values, forMs],
    );
  }

  private async take(
    manager: EntityManager,
    id: string,
    { carryOut }: Obeying<Says, Result>,
  ): Promise<object | undefined> {
    const [order] = await manager.query<Order<Says>[]>(
      `select id, operator${this.said()} from ${this.table} where id = $1 and done_at is null for update skip locked`,
      [id],
    );
    const result = order && (await carryOut(order, manager));
    if (!result) return undefined;
    await manager.query(`update ${this.table} set done_at = clock_timestamp(), result = $2 where id = $1`, [
      id,
      JSON.stringify(result),
    ]);
    const { id: orderId, ...what } = order;
    return { orderId, ...what, ...result };
  }

  private said(): string {
    return this.columns.map(([property, column]) => `, ${column} as "${property}"`).join('');
  }

  private saying(of: Partial<Says>): { readonly where: string; readonly values: readonly unknown[] } {
    const said = this.columns.filter(([property]) => of[property] !== undefined);
    return {
      where: said.map(([, column], index) => ` and ${column} = $${index + 1}`).join(''),
      values: said.map(([property]) => of[property]),
    };
  }
}

type StandingRow<Says extends object> = Order<Says> & {
  readonly ordered_at: Date;
  readonly done_at: Date | null;
  readonly result: { readonly outcome: string } | null;
  readonly note: string | null;
};
