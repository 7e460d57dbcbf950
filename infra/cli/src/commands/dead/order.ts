import { Option, type Command } from 'commander';
import {
  letterOrders,
  type LetterOrderKind,
  type LetterOrderResult,
  operatorReasons,
  type OperatorReason,
  type Withdrawn,
} from '@waymark/messaging';
import { exitCodes, WrongUse } from '../../exit-codes.js';
import { databaseOption, withDatabase } from '../../service-database.js';
import { report, type CommandContext } from '../command-context.js';
import { notDoneYet, type OrderingOptions, untilDone, withdrawnText, withOrderingOptions } from '../ordering.js';
import { demandLetter, letterId, type LookOptions } from './look.js';

interface OrderOptions extends LookOptions, OrderingOptions {
  readonly goOn?: boolean;
  readonly reason?: OperatorReason;
  readonly note?: string;
}

const ordering = (command: Command, reasonFor: string): Command =>
  withOrderingOptions(
    command
      .argument('<id>', 'of the dead letter', letterId)
      .addOption(databaseOption())
      .addOption(new Option('--reason <code>', reasonFor).choices(operatorReasons))
      .option('--note <text>', "for your colleagues; kept in the service's own database, not in the log"),
  )
    .option('--json', 'print the result as one line of JSON')
    .option('--quiet', 'print nothing without --json');

export function addRedrive(dead: Command, context: CommandContext): void {
  ordering(
    dead.command('redrive').description('handle the letters of its key again, in their order'),
    'why to go on without the missing message',
  )
    .option('--go-on', 'give up what is missing directly before this letter, the first of its key')
    .action(async (id: string, options: OrderOptions) => {
      const { goOn = false, reason } = options;
      if (goOn !== (reason !== undefined)) throw new WrongUse('--go-on needs a --reason, and nothing else does');
      await giveOrder(id, goOn ? 'go_on' : 'redrive', options, context);
    });
}

export function addDiscard(dead: Command, context: CommandContext): void {
  ordering(
    dead.command('discard').description('give one message up for good, and let those behind it have their effect'),
    'why',
  ).action(async (id: string, options: OrderOptions) => {
    if (options.reason === undefined) throw new WrongUse(`--reason is needed: ${operatorReasons.join(', ')}`);
    await giveOrder(id, 'discard', options, context);
  });
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

type Came = LetterOrderResult | Withdrawn | undefined;

function isDone(result: Came, kind: LetterOrderKind): boolean {
  if (result?.outcome === 'closed_before') return (result.as === 'discarded') === (kind === 'discard');
  return result?.outcome === 'done' && result.stoppedAt === undefined;
}

function textOf(result: Came, orderId: string, kind: LetterOrderKind): string {
  switch (result?.outcome) {
    case undefined:
      return notDoneYet(orderId);
    case 'withdrawn':
      return withdrawnText(result);
    case 'closed_before':
      return `Nothing done: it was ${result.as ?? 'closed'} before.`;
    case 'not_first':
      return `Nothing done: ${result.first} comes before it and holds up the same key.`;
    case 'gap_before':
      return `Nothing done: messages before it have not come; the last that did was number ${result.last}. If they are lost for good, say so first, with redrive --go-on.`;
    case 'failed':
      return `Nothing done: ${result.error}.`;
    case 'done': {
      const gaveUp = kind === 'go_on' ? gaveUpText(result.gaveUp) : '';
      const handled = `${gaveUp}${result.redriven} messages have had their effect`;
      if (!result.stoppedAt) return `Done. ${handled}; nothing holds up their key.`;
      return `${handled}. Stopped at ${result.stoppedAt.deadLetterId}: ${result.stoppedAt.reason}.`;
    }
  }
}

const gaveUpText = (gaveUp: { readonly from: number; readonly to: number } | undefined): string =>
  gaveUp
    ? `Given up: numbers ${gaveUp.from} to ${gaveUp.to}. `
    : 'No message is missing before it, so none was given up. ';
