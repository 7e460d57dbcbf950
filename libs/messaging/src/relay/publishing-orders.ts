import { randomUUID } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import { errorFields, type Log } from '../log.js';
import { startOver } from './reset-relay.js';

/** That a relay publish everything again. */
export interface PublishingOrder {
  readonly id: string;
  /** As in `RelayOptions`: such as `case`, or `case-facts` for its facts. */
  readonly service: string;
  readonly operator: string;
}

/** How many messages had been published, and are from now on published again. */
export interface PublishingOrderResult {
  readonly outcome: 'done';
  readonly published: number;
}

/**
 * Orders what the relay's own service carries out, now or as soon as it runs. While an order of the same relay is open, no other is
 * made: answers that one then, of whoever gave it.
 */
export async function orderPublishingAgain(
  manager: EntityManager,
  service: string,
  operator: string,
): Promise<PublishingOrder> {
  for (;;) {
    const [placed] = await manager.query<PublishingOrder[]>(
      `insert into relay_orders (id, service, operator) values ($1, $2, $3)
       on conflict (service) where done_at is null do nothing returning id, service, operator`,
      [randomUUID(), service, operator],
    );
    if (placed) return placed;
    const [open] = await manager.query<PublishingOrder[]>(
      'select id, service, operator from relay_orders where service = $1 and done_at is null',
      [service],
    );
    if (open) return open;
  }
}

/** Undefined as long as it has not been carried out. */
export async function publishingOrderResult(
  manager: EntityManager,
  id: string,
): Promise<PublishingOrderResult | undefined> {
  const [row] = await manager.query<{ result: PublishingOrderResult | null }[]>(
    'select result from relay_orders where id = $1',
    [id],
  );
  return row?.result ?? undefined;
}

export interface ObeyingOptions {
  /** The service's own database, with `relayMigration` and `relayOrdersMigration` applied. */
  readonly dataSource: DataSource;
  readonly log: Log;
  /**
   * Records in the log who ordered that everything be published again. Called before it is carried out, and again when that was
   * interrupted; the order waits for as long as it rejects.
   */
  readonly onOrder: (order: PublishingOrder) => Promise<void>;
}

/** What came of an order can be asked for so long. */
const keptFor = '90 days';

/** Carries out what operators have ordered, each order once; one that was interrupted is taken up again. */
export async function carryOutPublishingOrders(options: ObeyingOptions): Promise<void> {
  const { dataSource, log } = options;
  const open = await dataSource.query<{ id: string }[]>(
    'select id from relay_orders where done_at is null order by ordered_at, id',
  );
  for (const { id } of open) {
    try {
      const done = await dataSource.transaction('READ COMMITTED', (manager) => takeOrder(options, manager, id));
      if (done) log.info({ orderId: id, ...done }, 'order to publish everything again done');
    } catch (error) {
      log.warn({ orderId: id, ...errorFields(error) }, 'order not carried out, trying again');
    }
  }
  await dataSource.query(`delete from relay_orders where done_at < clock_timestamp() - interval '${keptFor}'`);
}

/** The transaction holds the order while it is recorded, and closes it together with the relay's new start. */
async function takeOrder({ onOrder }: ObeyingOptions, manager: EntityManager, id: string) {
  const [order] = await manager.query<PublishingOrder[]>(
    'select id, service, operator from relay_orders where id = $1 and done_at is null for update skip locked',
    [id],
  );
  if (!order) return undefined;
  await onOrder(order);
  const { service, operator } = order;
  const [relay] = await manager.query<{ published: string }[]>(
    'select published from relay_checkpoint where service = $1 for update',
    [service],
  );
  await startOver(manager, service);
  const result: PublishingOrderResult = { outcome: 'done', published: Number(relay?.published ?? 0) };
  await manager.query('update relay_orders set done_at = clock_timestamp(), result = $2 where id = $1', [
    id,
    JSON.stringify(result),
  ]);
  return { service, operator, ...result };
}
