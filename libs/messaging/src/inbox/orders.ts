import type { EntityManager } from 'typeorm';
import { closeLetter, deadLettersWhere, findOpen, firstOpenOf, type DeadLetter } from './dead-letters.js';
import type { Inbox } from './inbox.js';
import { lockKey, noteEffect } from './inbox-tables.js';
import { decodeMessage } from '../envelope.js';
import { giveUpMissing, missingBefore } from './missing.js';
import type { MissingNumbers, OperatorReason } from './operator-decision.js';
import { type Order, OrderTable } from '../orders/order-table.js';
import { NotOpen, redrive, redriveKey, type RedriveResult } from './redrive.js';

/** `redrive`: try again. `go_on`: give up what is missing directly before it, and try again. `discard`: have no effect, ever. */
export type LetterOrderKind = 'redrive' | 'go_on' | 'discard';

/** That a dead letter be dealt with. `reason` is null for `redrive`, which gives nothing up. */
export interface LetterOrder {
  readonly consumer: string;
  readonly deadLetterId: string;
  readonly kind: LetterOrderKind;
  readonly reason: OperatorReason | null;
}

export type LetterOrderResult =
  /** `gaveUp`: what was missing before it and is not waited for any more; absent when nothing was (any more, if it was interrupted). */
  | ({ readonly outcome: 'done'; readonly gaveUp?: MissingNumbers } & RedriveResult)
  /** It had been closed already: by another operator, by itself, or by this order before it was interrupted. */
  | { readonly outcome: 'closed_before'; readonly as: DeadLetter['outcome'] }
  /** Others of its key come before it: `first` has to be dealt with first. */
  | { readonly outcome: 'not_first'; readonly first: string }
  /** Messages between `last` and it are missing, and nobody has said to go on without them (`go_on`). */
  | { readonly outcome: 'gap_before'; readonly last: number }
  /** Still nothing that could be read. */
  | { readonly outcome: 'failed'; readonly error: string };

/** What operators have ordered about dead letters, to be carried out by the consumer itself. */
export const letterOrders = new OrderTable<LetterOrder, LetterOrderResult>('inbox_orders', {
  ...{ consumer: 'consumer', deadLetterId: 'dead_letter_id', kind: 'kind', reason: 'reason' },
});

/** Carries out what operators have ordered of this consumer. The work goes on in transactions of its own. */
export function carryOutOrders(inbox: Inbox): Promise<void> {
  const { consumer, dataSource, log, stopping } = inbox.options;
  return letterOrders.carryOut({
    ...{ dataSource, log, stopping, of: { consumer } },
    carryOut: async (order, manager) => ((await hasTurn(manager, order)) ? carryOut(inbox, order) : undefined),
  });
}

/** Whether nobody else deals with the letter's key; nobody else does then for as long as the transaction lasts. */
async function hasTurn(manager: EntityManager, { consumer, deadLetterId }: LetterOrder): Promise<boolean> {
  const [turn] = await manager.query<{ taken: boolean }[]>(
    `select pg_try_advisory_xact_lock(hashtextextended('waymark dead letter ' || $1 || coalesce(source, '') || coalesce(subject, id::text), 0))
       as taken
     from dead_letters where id = $2`,
    [consumer, deadLetterId],
  );
  return turn?.taken === true;
}

async function carryOut(inbox: Inbox, order: Order<LetterOrder>): Promise<LetterOrderResult> {
  const { consumer, dataSource, decided } = inbox.options;
  const letter = await findOpen(dataSource.manager, consumer, order.deadLetterId);
  if (!letter) return closedBefore(inbox, order.deadLetterId);
  const { id: orderId, kind, reason, operator } = order;
  let gaveUp: MissingNumbers | undefined;
  if (kind !== 'redrive' && reason !== null) {
    const first = await firstOfKey(dataSource.manager, letter);
    if (first.id !== letter.id) return { outcome: 'not_first', first: first.id };
    const what = { orderId, letter, reason, operator };
    if (kind === 'discard') {
      const missing = await missingBefore(inbox, letter);
      if (missing) return { outcome: 'gap_before', last: missing.from - 1 };
      await decided({ kind, ...what });
      return discard(inbox, letter);
    }
    gaveUp = await giveUpMissing(inbox, letter, (missing) => decided({ kind, missing, ...what }));
  }
  try {
    return { outcome: 'done', ...(gaveUp ? { gaveUp } : {}), ...(await redrive(inbox, letter.id)) };
  } catch (error) {
    if (error instanceof NotOpen) return closedBefore(inbox, letter.id);
    if (error instanceof Error && error.name === 'UnreadableMessage')
      return { outcome: 'failed', error: error.message };
    throw error;
  }
}

async function closedBefore(inbox: Inbox, id: string): Promise<LetterOrderResult> {
  const [letter] = await deadLettersWhere(inbox.options.dataSource.manager, 'id = $1', [id]);
  return { outcome: 'closed_before', as: letter?.outcome ?? null };
}

async function firstOfKey(manager: EntityManager, letter: DeadLetter): Promise<DeadLetter> {
  const { consumer, source, subject, reason } = letter;
  if (source === null || subject === null || reason === 'out_of_sequence') return letter;
  return (await firstOpenOf(manager, consumer, source, subject)) ?? letter;
}

/** Closes a letter as if its message had been handled. Those that waited behind it have their turn. */
async function discard(inbox: Inbox, letter: DeadLetter): Promise<LetterOrderResult> {
  const { consumer, dataSource, now } = inbox.options;
  const { id, source, subject } = letter;
  const keyed = source !== null && subject !== null;
  const closed = await dataSource.transaction(async (manager) => {
    if (keyed) await lockKey(manager, consumer, source, subject);
    if (!(await findOpen(manager, consumer, id))) return false;
    if (keyed) await noteEffect(manager, consumer, decodeMessage(letter.value), now());
    await closeLetter(manager, id, 'discarded', now());
    return true;
  });
  if (!closed) return closedBefore(inbox, id);
  if (!keyed || letter.reason === 'out_of_sequence') return { outcome: 'done', redriven: 0 };
  return { outcome: 'done', ...(await redriveKey(inbox, { source, subject })) };
}
