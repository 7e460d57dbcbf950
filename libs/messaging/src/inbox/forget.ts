import type { Inbox } from './inbox.js';
import { letterOrders } from './orders.js';

/** In one transaction, so that no key is held for long. */
const atOnce = 500;

/**
 * Forgets what is older than `keptForMs`: rows of messages that had their effect, of which a mark stays (inbox-forgetting-migration.ts), dead
 * letters that were closed, and the orders about them.
 */
export async function forgetOld(inbox: Inbox): Promise<void> {
  const { consumer, dataSource, now, keptForMs, measure, stopping } = inbox.options;
  const before = new Date(Date.parse(now()) - keptForMs).toISOString();
  for (let forgotten = atOnce; forgotten === atOnce && !stopping.aborted;) {
    const [row] = await dataSource.query<{ forgotten: number }[]>('select inbox_forget($1, $2, $3) as forgotten', [
      consumer,
      before,
      atOnce,
    ]);
    forgotten = row?.forgotten ?? 0;
    if (forgotten > 0) measure('consumer_messages_forgotten', {}, forgotten);
  }
  await letterOrders.forget(dataSource.manager, { consumer }, keptForMs);
  await dataSource.query(
    `delete from dead_letters d where consumer = $1 and closed_at < $2
       and not exists (select from inbox_orders o where o.dead_letter_id = d.id)`,
    [consumer, before],
  );
}
