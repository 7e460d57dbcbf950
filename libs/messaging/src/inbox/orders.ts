import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { errorFields } from '../log.js';
import { closeLetter, deadLettersWhere, findOpen, firstOpenOf, type DeadLetter } from './dead-letters.js';
import type { Inbox } from './inbox.js';
import { lockKey, noteEffect } from './inbox-tables.js';
import { decodeMessage } from '../envelope.js';
import type { OperatorReason } from './operator-decision.js';
import { NotOpen, redrive, redriveKey, type RedriveResult } from './redrive.js';

/** `redrive`: try again. `go_on`: try again and go over the one gap before it. `discard`: have no effect, ever. */
export type OrderKind = 'redrive' | 'go_on' | 'discard';

export interface Order {
  readonly id: string;
  readonly consumer: string;
  readonly deadLetterId: string;
  readonly kind: OrderKind;
  readonly reason: OperatorReason | null;
  readonly operator: string;
}

export type OrderResult =
  | ({ readonly outcome: 'done' } & RedriveResult)
  /** It had been closed already: by another operator, by itself, or by this order before it was interrupted. */
  | { readonly outcome: 'closed_before'; readonly as: DeadLetter['outcome'] }
  /** Others of its key come before it: `first` has to be dealt with first. */
  | { readonly outcome: 'not_first'; readonly first: string }
  /** Messages between `last` and it are missing, and nobody has said to go on without them (`go_on`). */
  | { readonly outcome: 'gap_before'; readonly last: number }
  /** Still nothing that could be read. */
  | { readonly outcome: 'failed'; readonly error: string };

/** Orders what the consumer itself carries out, now or as soon as it runs. Answers the order's id. */
export async function placeOrder(
  manager: EntityManager,
  order: Omit<Order, 'id'> & { readonly note?: string },
): Promise<string> {
  const id = randomUUID();
  await manager.query(
    `insert into inbox_orders (id, consumer, dead_letter_id, kind, reason, note, operator)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [id, order.consumer, order.deadLetterId, order.kind, order.reason, order.note ?? null, order.operator],
  );
  return id;
}

/** Undefined as long as it has not been carried out. */
export async function orderResult(manager: EntityManager, id: string): Promise<OrderResult | undefined> {
  const [row] = await manager.query<{ result: OrderResult | null }[]>('select result from inbox_orders where id = $1', [
    id,
  ]);
  return row?.result ?? undefined;
}

interface OrderRow {
  readonly id: string;
  readonly consumer: string;
  readonly dead_letter_id: string;
  readonly kind: OrderKind;
  readonly reason: OperatorReason | null;
  readonly operator: string;
}

/** Carries out what operators have ordered, each order once; one that was interrupted is taken up again. */
export async function carryOutOrders(inbox: Inbox): Promise<void> {
  const { consumer, dataSource, log, stopping } = inbox.options;
  const open = await dataSource.query<{ id: string }[]>(
    'select id from inbox_orders where consumer = $1 and done_at is null order by ordered_at, id',
    [consumer],
  );
  for (const { id } of open) {
    if (stopping.aborted) return;
    await dataSource
      .transaction((manager) => takeOrder(inbox, manager, id))
      .catch((error: unknown) =>
        log.warn({ consumer, orderId: id, ...errorFields(error) }, 'order not carried out, trying again'),
      );
  }
}

/** The transaction holds the order, and the letter for orders, while the work goes on in transactions of its own. */
async function takeOrder(inbox: Inbox, manager: EntityManager, id: string): Promise<void> {
  const { consumer, log } = inbox.options;
  const [row] = await manager.query<OrderRow[]>(
    `select id, consumer, dead_letter_id, kind, reason, operator from inbox_orders
     where id = $1 and done_at is null for update skip locked`,
    [id],
  );
  if (!row) return;
  const [turn] = await manager.query<{ taken: boolean }[]>(
    `select pg_try_advisory_xact_lock(hashtextextended('waymark dead letter ' || $1 || coalesce(source, '') || coalesce(subject, id::text), 0))
       as taken
     from dead_letters where id = $2`,
    [consumer, row.dead_letter_id],
  );
  if (turn?.taken !== true) return;
  const order: Order = { ...row, deadLetterId: row.dead_letter_id };
  const result = await carryOut(inbox, order);
  await manager.query('update inbox_orders set done_at = clock_timestamp(), result = $2 where id = $1', [
    id,
    JSON.stringify(result),
  ]);
  log.info({ consumer, orderId: id, deadLetterId: order.deadLetterId, kind: order.kind, ...result }, 'order done');
}

async function carryOut(inbox: Inbox, order: Order): Promise<OrderResult> {
  const { consumer, dataSource, decided } = inbox.options;
  const letter = await findOpen(dataSource.manager, consumer, order.deadLetterId);
  if (!letter) return closedBefore(inbox, order.deadLetterId);
  const first = await firstOfKey(inbox, letter);
  const { kind, reason, operator } = order;
  if (kind !== 'redrive' && reason !== null) {
    if (first.id !== letter.id) return { outcome: 'not_first', first: first.id };
    const last = kind === 'discard' ? await lastBeforeGap(inbox, letter) : undefined;
    if (last !== undefined) return { outcome: 'gap_before', last };
    await decided({ kind, orderId: order.id, letter, reason, operator });
  }
  if (kind === 'discard') return discard(inbox, letter);
  try {
    return { outcome: 'done', ...(await redrive(inbox, letter.id, kind === 'go_on')) };
  } catch (error) {
    if (error instanceof NotOpen) return closedBefore(inbox, letter.id);
    if (error instanceof Error && error.name === 'UnreadableMessage')
      return { outcome: 'failed', error: error.message };
    throw error;
  }
}

async function closedBefore(inbox: Inbox, id: string): Promise<OrderResult> {
  const [letter] = await deadLettersWhere(inbox.options.dataSource.manager, 'id = $1', [id]);
  return { outcome: 'closed_before', as: letter?.outcome ?? null };
}

async function firstOfKey(inbox: Inbox, letter: DeadLetter): Promise<DeadLetter> {
  const { consumer, dataSource } = inbox.options;
  const { source, subject, reason } = letter;
  if (source === null || subject === null || reason === 'out_of_sequence') return letter;
  return (await firstOpenOf(dataSource.manager, consumer, source, subject)) ?? letter;
}

/**
 * The last sequence of its key if messages between that and the letter are missing; undefined once somebody has said to go on without
 * them and the letter itself failed then.
 */
async function lastBeforeGap(inbox: Inbox, letter: DeadLetter): Promise<number | undefined> {
  const { consumer, dataSource } = inbox.options;
  const { id, source, subject, sequence } = letter;
  if (source === null || subject === null || sequence === null) return undefined;
  const last = await dataSource.transaction((manager) => lockKey(manager, consumer, source, subject));
  if (sequence <= last + 1) return undefined;
  const [accepted] = await dataSource.query<object[]>(
    `select from inbox_orders where dead_letter_id = $1 and kind = 'go_on' and result->>'outcome' = 'done' limit 1`,
    [id],
  );
  return accepted ? undefined : last;
}

/** Closes a letter as if its message had been handled. Those that waited behind it have their turn. */
async function discard(inbox: Inbox, letter: DeadLetter): Promise<OrderResult> {
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
