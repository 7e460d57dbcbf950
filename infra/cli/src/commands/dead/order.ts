import type { Command } from 'commander';
import { letterOrders, type LetterOrderKind, operatorReasons } from '@waymark/messaging';
import { exitCodes, WrongUse } from '../../exit-codes.js';
import { withDatabase } from '../../service-database.js';
import { report, type CommandContext } from '../command-context.js';
import { untilDone } from '../ordering.js';
import { type Came, textOf } from './came.js';
import { demandLetter } from './look.js';
import { type OrderOptions, withOrderOptions } from './order-options.js';
import { orderSeveral } from './order-several.js';
import { meansSeveral } from './selection.js';

export function addRedrive(dead: Command, context: CommandContext): void {
  withOrderOptions(
    dead.command('redrive').description('handle the letters of its key again, in their order'),
    'why to go on without the missing message',
  )
    .option('--go-on', 'give up what is missing directly before this letter, the first of its key')
    .action(async (ids: readonly string[] = [], options: OrderOptions) => {
      const { goOn = false, reason } = options;
      if (goOn !== (reason !== undefined)) throw new WrongUse('--go-on needs a --reason, and nothing else does');
      if (goOn && meansSeveral(ids, options))
        throw new WrongUse('--go-on is for one letter: each gap is another, to be looked at by itself');
      await giveOrders(ids, goOn ? 'go_on' : 'redrive', options, context);
    });
}

export function addDiscard(dead: Command, context: CommandContext): void {
  withOrderOptions(
    dead.command('discard').description('give messages up for good, and let those behind them have their effect'),
    'why',
  ).action(async (ids: readonly string[] = [], options: OrderOptions) => {
    if (options.reason === undefined) throw new WrongUse(`--reason is needed: ${operatorReasons.join(', ')}`);
    await giveOrders(ids, 'discard', options, context);
  });
}

async function giveOrders(
  ids: readonly string[],
  kind: LetterOrderKind,
  options: OrderOptions,
  context: CommandContext,
): Promise<void> {
  if (kind !== 'go_on' && meansSeveral(ids, options)) return orderSeveral(ids, kind, options, context);
  const [id] = ids;
  if (id === undefined) throw new WrongUse('say which: ids of dead letters, --topic, --subject, or --because-of');
  return giveOrder(id, kind, options, context);
}

async function giveOrder(
  id: string,
  kind: LetterOrderKind,
  { database, reason, note, operator, wait, ...options }: OrderOptions,
  { terminal, end }: CommandContext,
): Promise<void> {
  const { orderId, result } = await withDatabase(database, 'inbox_orders', async (manager) => {
    const { consumer } = await demandLetter(manager, id);
    const order = { consumer, deadLetterId: id, kind, reason: reason ?? null, operator };
    const placed = await letterOrders.place(manager, order, note);
    return {
      orderId: placed,
      result: await untilDone(placed, () => letterOrders.result(manager, placed), { wait, ...options }, terminal),
    };
  });
  report(
    terminal,
    options,
    { orderId, ...(result ?? { outcome: 'ordered' }) },
    () => `${textOf(result, orderId, kind)}\n`,
  );
  if (!isDone(result, kind)) end(exitCodes.failed);
}

function isDone(result: Came, kind: LetterOrderKind): boolean {
  if (result?.outcome === 'closed_before') return (result.as === 'discarded') === (kind === 'discard');
  return result?.outcome === 'done' && result.stoppedAt === undefined;
}
