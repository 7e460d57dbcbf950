import { randomUUID } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import type { Log } from '../log.js';
import { type Order, OrderTable } from '../orders/order-table.js';
import { startOver } from './reset-relay.js';

/** That a relay publish everything again. */
export type PublishingOrder = Order<{
  /** As in `RelayOptions`: such as `case`, or `case-facts` for its facts. */
  readonly service: string;
}>;

/** How many messages had been published, and are from now on published again. */
export interface PublishingOrderResult {
  readonly outcome: 'done';
  readonly published: number;
}

/** What operators have ordered to be published again, to be carried out by the relay's own service. */
export const publishingOrders = new OrderTable<Pick<PublishingOrder, 'service'>, PublishingOrderResult>(
  'relay_orders',
  { service: 'service' },
);

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

export interface PublishingOptions {
  /** The service's own database, with `relayMigration` and `relayOrdersMigration` applied. */
  readonly dataSource: DataSource;
  readonly log: Log;
  /**
   * Records in the log who ordered that everything be published again. Called before it is carried out, and again when that was
   * interrupted; the order waits for as long as it rejects.
   */
  readonly onOrder: (order: PublishingOrder) => Promise<void>;
}

/** Carries out what operators have ordered to be published again; an order is closed together with its relay's new start. */
export const carryOutPublishingOrders = ({ dataSource, log, onOrder }: PublishingOptions): Promise<void> =>
  publishingOrders.carryOut({
    ...{ dataSource, log },
    carryOut: async (order, manager) => {
      await onOrder(order);
      const [relay] = await manager.query<{ published: string }[]>(
        'select published from relay_checkpoint where service = $1 for update',
        [order.service],
      );
      await startOver(manager, order.service);
      return { outcome: 'done', published: Number(relay?.published ?? 0) };
    },
  });
