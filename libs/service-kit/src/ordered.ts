import {
  letterOrders,
  type Order,
  type OrderStanding,
  type OrderTable,
  publishingOrders,
  type WithdrawalReason,
  type Withdrawn,
} from '@waymark/messaging';
import type { DataSource, EntityManager } from 'typeorm';
import { processOrders } from './processes/process-orders.js';

/** What an operator has ordered, of whichever table: `about` is a dead letter, a relay, or a process. */
export interface Ordered {
  readonly orderId: string;
  readonly operator: string;
  readonly kind: 'redrive' | 'go_on' | 'discard' | 'publish_again' | 'retry';
  readonly about: string;
}

export type OrderedStanding = Ordered & Omit<OrderStanding<object>, 'order'>;

export interface TableOfOrders {
  list(manager: EntityManager, which: { all: boolean; limit: number }): Promise<readonly OrderedStanding[]>;
  withdraw: OrderTable<object, Withdrawn>['withdraw'];
  recordWithdrawals(dataSource: DataSource, record: RecordWithdrawal): Promise<void>;
}

export type RecordWithdrawal = (
  order: Ordered,
  withdrawn: { readonly by: string; readonly because: WithdrawalReason; readonly at: Date },
) => Promise<void>;

function tableOf<Says extends object, Result extends { readonly outcome: string }>(
  orders: OrderTable<Says, Result>,
  told: (order: Says) => Pick<Ordered, 'kind' | 'about'>,
): TableOfOrders {
  const asOrdered = (order: Order<Says>): Ordered => ({ orderId: order.id, operator: order.operator, ...told(order) });
  return {
    list: async (manager, which) =>
      (await orders.list(manager, which)).map(({ order, ...standing }) => ({ ...asOrdered(order), ...standing })),
    withdraw: (manager, id, withdrawal) => orders.withdraw(manager, id, withdrawal),
    recordWithdrawals: (dataSource, record) =>
      orders.recordWithdrawals(dataSource, (order, withdrawn) => record(asOrdered(order), withdrawn)),
  };
}

/** Every table in which a service finds what operators have ordered; each service has them all. */
export const tablesOfOrders: readonly TableOfOrders[] = [
  tableOf(letterOrders, ({ kind, deadLetterId: about }) => ({ kind, about })),
  tableOf(publishingOrders, ({ service: about }) => ({ kind: 'publish_again', about })),
  tableOf(processOrders, ({ processId: about }) => ({ kind: 'retry', about })),
];

/** Has every order recorded that was withdrawn. */
export async function recordWithdrawals(dataSource: DataSource, record: RecordWithdrawal): Promise<void> {
  for (const table of tablesOfOrders) await table.recordWithdrawals(dataSource, record);
}
