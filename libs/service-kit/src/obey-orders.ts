import type { DataSource, EntityManager } from 'typeorm';
import type { Log } from './log.js';
import { runClock } from './run-clock.js';

/** As seldom as a consumer forgets what is old. */
const forgetEveryMs = 60_000;

/** Carries out what operators have ordered, each second, and forgets old orders, each minute. Ended by `closers`. */
export function obeyOrders(
  orders: { forget(manager: EntityManager): Promise<void> },
  carryOut: () => Promise<void>,
  parts: { readonly dataSource: DataSource; readonly log: Log; readonly closers: (() => Promise<unknown>)[] },
): void {
  const { dataSource, log, closers } = parts;
  const obeying = runClock(carryOut, log);
  const forgetting = runClock(() => orders.forget(dataSource.manager), log, forgetEveryMs);
  closers.push(() => obeying.stop());
  closers.push(() => forgetting.stop());
}
