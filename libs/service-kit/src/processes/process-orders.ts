import type { DataSource } from 'typeorm';
import { DomainRejection } from '@waymark/event-sourcing';
import { derivedId, isTemporary, type Order, orderColumns, OrderTable } from '@waymark/messaging';
import type { Log } from '../log.js';
import { processAggregate } from './process-declaration.js';
import { openProcess, type ProcessLead, takeStep } from './take-step.js';

/** Table of what operators have ordered about processes, to be carried out by the service itself. */
export const processOrdersMigration = `
create table process_orders (
  id uuid primary key,
  process_id uuid not null,
  ${orderColumns}
);
create index process_orders_open on process_orders (ordered_at) where done_at is null`;

/** That the step a process is at be taken once more. */
export interface ProcessOrder {
  readonly processId: string;
}

export type ProcessOrderResult =
  | { readonly outcome: 'taken'; readonly step: string; readonly attempt: number }
  /** It is completed, or the service has no process of that id. */
  | { readonly outcome: 'not_open' }
  /** The step could not be taken; `error` is a code or the name of an error. */
  | { readonly outcome: 'failed'; readonly error: string };

/** What operators have ordered about processes, to be carried out by the service itself. */
export const processOrders = new OrderTable<ProcessOrder, ProcessOrderResult>('process_orders', {
  processId: 'process_id',
});

/** Carries out what operators have ordered about the service's processes. */
export const carryOutProcessOrders = (lead: ProcessLead, dataSource: DataSource, log: Log): Promise<void> =>
  processOrders.carryOut({ dataSource, log, carryOut: (order) => carryOut(lead, order, log) });

async function carryOut(
  lead: ProcessLead,
  { id: orderId, processId, operator }: Order<ProcessOrder>,
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
