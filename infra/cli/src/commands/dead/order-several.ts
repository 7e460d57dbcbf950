import { type DeadLetter, letterOrders } from '@waymark/messaging';
import { exitCodes } from '../../exit-codes.js';
import { withDatabase } from '../../service-database.js';
import { number } from '../../terminal.js';
import { report, type CommandContext } from '../command-context.js';
import { untilDone } from '../ordering.js';
import { type Came, textOf } from './came.js';
import type { OrderOptions } from './order-options.js';
import { confirmed, selected } from './selection.js';

type Kind = 'redrive' | 'discard';

/**
 * Orders the same of each letter that is meant, at once, so that none of them has its effect while one before it is being given up. Each
 * is an order, and what comes of it an event, of its own.
 */
export async function orderSeveral(
  ids: readonly string[],
  kind: Kind,
  options: OrderOptions,
  context: CommandContext,
): Promise<void> {
  const { terminal, end } = context;
  const { database, reason = null, note, operator, wait, quiet } = options;
  const came = await withDatabase(database, 'inbox_orders', async (manager) => {
    const letters = await selected(manager, ids, options);
    if (!confirmed(letters, kind, options, context)) return undefined;
    const placed = await manager.transaction(async (within) => {
      const orders: { readonly letter: DeadLetter; readonly orderId: string }[] = [];
      for (const letter of kind === 'redrive' ? firstOfEachKey(letters) : letters) {
        const order = { consumer: letter.consumer, deadLetterId: letter.id, kind, reason, operator };
        orders.push({ letter, orderId: await letterOrders.place(within, order, note) });
      }
      return orders;
    });
    if (!quiet)
      terminal.stderr.write(
        `Ordered: ${number(placed.length)} orders, which stand, also when this command is broken off now; orders list shows them.\n`,
      );
    const deadline = performance.now() + wait * 1_000;
    const results: { readonly deadLetterId: string; readonly orderId: string; readonly result: Came }[] = [];
    for (const { letter, orderId } of placed) {
      const remaining = { wait: (deadline - performance.now()) / 1_000, quiet: true };
      const result = await untilDone(orderId, () => letterOrders.result(manager, orderId), remaining, terminal);
      results.push({ deadLetterId: letter.id, orderId, result });
    }
    return results;
  });
  if (!came) return;
  const done = came.filter(({ result }) => isDone(result, kind));
  const told = came.map(({ result, ...order }) => ({ ...order, ...(result ?? { outcome: 'ordered' }) }));
  report(terminal, options, { orders: told, done: done.length }, () => {
    const others = came.filter((each) => !done.includes(each));
    const lines = others.map(
      ({ deadLetterId, orderId, result }) => `  ${deadLetterId}  ${textOf(result, orderId, kind)}\n`,
    );
    return `${number(done.length)} of ${number(came.length)} ${texts[kind]}.\n${lines.join('')}`;
  });
  if (done.length < came.length) end(exitCodes.failed);
}

const texts = { redrive: 'keys were handled again, and nothing holds them up', discard: 'were given up' };

/** One order redrives a whole key; what lies outside of any is redriven by itself. */
function firstOfEachKey(letters: readonly DeadLetter[]): readonly DeadLetter[] {
  const seen = new Set<string>();
  return letters.filter(({ id, consumer, source, subject, reason }) => {
    const key = JSON.stringify(subject === null || reason === 'out_of_sequence' ? id : [consumer, source, subject]);
    return !seen.has(key) && seen.add(key);
  });
}

/** That a key stands still behind a letter which was given up is no failure of giving it up. */
function isDone(result: Came, kind: Kind): boolean {
  if (result?.outcome === 'closed_before') return (result.as === 'discarded') === (kind === 'discard');
  return result?.outcome === 'done' && (kind === 'discard' || result.stoppedAt === undefined);
}
