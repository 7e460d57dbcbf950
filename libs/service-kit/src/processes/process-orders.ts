import { randomUUID } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import { DomainRejection } from '@waymark/event-sourcing';
import { derivedId, isTemporary } from '@waymark/messaging';
import type { Log } from '../log.js';
import { processAggregate } from './process-declaration.js';
import { openProcess, type ProcessLead, takeStep } from './take-step.js';

/** Table of what operators have ordered about processes, to be carried out by the service itself. */
export const processOrdersMigration = `
create table process_orders (
  id uuid primary key,
  process_id uuid not null,
  operator text not null,
  ordered_at timestamptz not null default clock_timestamp(),
  done_at timestamptz,
  result jsonb check ((done_at is null) = (result is null))
);
create index process_orders_open on process_orders (ordered_at) where done_at is null`;

export type ProcessOrderResult =
  | { readonly outcome: 'taken'; readonly step: string; readonly attempt: number }
  /** It is completed, or the service has no process of that id. */
  | { readonly outcome: 'not_open' }
  /** The step could not be taken; `error` is a code or the name of an error. */
  | { readonly outcome: 'failed'; readonly error: string };

/** Orders that the step a process is at be taken once more. Answers the order's id. */
export async function placeProcessOrder(manager: EntityManager, processId: string, operator: string): Promise<string> {
  const id = randomUUID();
  await manager.query('insert into process_orders (id, process_id, operator) values ($1, $2, $3)', [
    id,
    processId,
    operator,
  ]);
  return id;
}

/** Undefined as long as it has not been carried out. */
export async function processOrderResult(manager: EntityManager, id: string): Promise<ProcessOrderResult | undefined> {
  const [row] = await manager.query<{ result: ProcessOrderResult | null }[]>(
    'select result from process_orders where id = $1',
    [id],
  );
  return row?.result ?? undefined;
}

/** What came of an order can be asked for so long. */
const keptFor = '90 days';

/** Carries out what is ordered, each order once; one that was interrupted is taken up again. */
export async function carryOutProcessOrders(lead: ProcessLead, dataSource: DataSource, log: Log): Promise<void> {
  for (let taken = true; taken;) taken = await dataSource.transaction((manager) => takeOrder(lead, manager, log));
  await dataSource.query(`delete from process_orders where done_at < clock_timestamp() - interval '${keptFor}'`);
}

async function takeOrder(lead: ProcessLead, manager: EntityManager, log: Log): Promise<boolean> {
  const [order] = await manager.query<{ id: string; process_id: string; operator: string }[]>(
    `select id, process_id, operator from process_orders where done_at is null
     order by ordered_at, id limit 1 for update skip locked`,
  );
  if (!order) return false;
  const { id, process_id: processId, operator } = order;
  const result = await carryOut(lead, id, processId, operator, log);
  await manager.query('update process_orders set done_at = clock_timestamp(), result = $2 where id = $1', [
    id,
    JSON.stringify(result),
  ]);
  log.info({ orderId: id, processId, ...result }, 'order done');
  return true;
}

async function carryOut(
  lead: ProcessLead,
  orderId: string,
  processId: string,
  operator: string,
  log: Log,
): Promise<ProcessOrderResult> {
  const commandId = derivedId('process order', orderId);
  const before = await takenBy(lead, processId, commandId);
  if (before) return before;
  const process = await openProcess(lead, processId);
  if (!process) return { outcome: 'not_open' };
  const { step, attempts } = process.current;
  const attempt = attempts + 1;
  try {
    await takeStep(lead, processId, process, attempt, {
      ...{ commandId, correlationId: orderId },
      actor: { kind: 'operator', id: operator, roles: [] },
    });
  } catch (error) {
    if (isTemporary(error)) throw error;
    log.error({ orderId, processId, step, err: error }, 'step not taken');
    return { outcome: 'failed', error: errorCode(error) };
  }
  return { outcome: 'taken', step, attempt };
}

/** What an order did that was interrupted before its result was kept. */
async function takenBy(
  { service, aggregates }: ProcessLead,
  processId: string,
  commandId: string,
): Promise<ProcessOrderResult | undefined> {
  const history = await aggregates.history(processAggregate(service), processId);
  for (const { event, recorded } of history)
    if (event.type === 'ProcessStepTaken' && recorded.metadata.causationId === commandId)
      return { outcome: 'taken', step: event.data.step, attempt: event.data.attempt };
  return undefined;
}

/** Never the text of an error, which may quote what was opened. */
function errorCode(error: unknown): string {
  if (error instanceof DomainRejection) return String(error.code);
  return error instanceof Error ? error.name : 'unknown';
}
