import type { DataSource, EntityManager } from 'typeorm';
import type { Log } from '../log.js';
import { type Order, OrderTable } from '../orders/order-table.js';
import { startOver } from './reset-relay.js';

/** That a relay publish everything again. */
export type PublishingOrder = Order<{
  /** As in `RelayOptions`: such as `case`, or `case-facts` for its facts. */
  readonly service: string;
}>;

/**
 * How many messages had been published, and are from now on published again. `with`: the order of the same relay that was carried out
 * while this one waited, with the one new start that both asked for.
 */
export interface PublishingOrderResult {
  readonly outcome: 'done';
  readonly published: number;
  readonly with?: string;
}

/** What operators have ordered to be published again, to be carried out by the relay's own service. */
export const publishingOrders = new OrderTable<Pick<PublishingOrder, 'service'>, PublishingOrderResult>(
  'relay_orders',
  { service: 'service' },
);

export interface PublishingOptions {
  /** The service's own database, with `relayMigration` and those of its orders applied. */
  readonly dataSource: DataSource;
  readonly log: Log;
  /**
   * Records in the log who ordered that everything be published again. Called before it is carried out, and again when that was
   * interrupted; the order waits for as long as it rejects.
   */
  readonly onOrder: (order: PublishingOrder) => Promise<void>;
}

/**
 * Carries out what operators have ordered to be published again. Each order is recorded; those that one new start satisfies share it.
 * An order is closed together with its relay's new start.
 */
export const carryOutPublishingOrders = ({ dataSource, log, onOrder }: PublishingOptions): Promise<void> =>
  publishingOrders.carryOut({
    ...{ dataSource, log },
    carryOut: async (order, manager) => {
      await onOrder(order);
      const [relay] = await manager.query<{ published: string }[]>(
        'select published from relay_checkpoint where service = $1 for update',
        [order.service],
      );
      // A statement of its own, which sees what was closed while the checkpoint was waited for.
      const startedOver = await startedOverSince(manager, order);
      if (startedOver) return startedOver;
      await startOver(manager, order.service);
      return { outcome: 'done', published: Number(relay?.published ?? 0) };
    },
  });

/** What came of the order with which the relay began anew after this one was given; undefined when it has not. */
async function startedOverSince(
  manager: EntityManager,
  { id, service }: PublishingOrder,
): Promise<PublishingOrderResult | undefined> {
  const [row] = await manager.query<{ id: string; result: PublishingOrderResult }[]>(
    `select id, result from relay_orders
     where service = $1 and result->>'outcome' = 'done' and result->>'with' is null and done_at > (select ordered_at from relay_orders where id = $2)
     order by done_at limit 1`,
    [service, id],
  );
  return row && { ...row.result, with: row.id };
}
