import type { EventStore } from '@waymark/event-store';
import type { DataSource, EntityManager } from 'typeorm';
import type { Log } from './log.js';
import { recordWithdrawal } from './operations.js';
import { recordWithdrawals } from './ordered.js';
import { runClock } from './run-clock.js';

/** As seldom as a consumer forgets what is old. */
const forgetEveryMs = 60_000;

interface Parts {
  readonly dataSource: DataSource;
  readonly log: Log;
  readonly closers: (() => Promise<unknown>)[];
}

/** Carries out what operators have ordered, each second, and forgets old orders, each minute. Ended by `closers`. */
export function obeyOrders(
  orders: { forget(manager: EntityManager): Promise<void> },
  carryOut: () => Promise<void>,
  { dataSource, log, closers }: Parts,
): void {
  const obeying = runClock(carryOut, log);
  const forgetting = runClock(() => orders.forget(dataSource.manager), log, forgetEveryMs);
  closers.push(() => obeying.stop());
  closers.push(() => forgetting.stop());
}

/** Writes into the log, each second, which orders were withdrawn, of whichever kind. Ended by `closers`. */
export function noteWithdrawals(service: string, store: EventStore, { dataSource, log, closers }: Parts): void {
  const record = recordWithdrawal(service, store);
  const noting = runClock(() => recordWithdrawals(dataSource, record), log);
  closers.push(() => noting.stop());
}
