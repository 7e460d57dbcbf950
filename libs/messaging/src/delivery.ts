import { UnreadableMessage } from './envelope.js';
import { errorFields, type Log } from './log.js';
import type { Bus, Delivery, Message, Origin } from './port.js';
import { readRecord, type StoredRecord } from './read-record.js';
import { BackOff, pause } from './waiting.js';

export type SubscribeOptions = Parameters<Bus['subscribe']>[0];

function handle(options: SubscribeOptions, record: DeliveredRecord): Promise<void> {
  let message: Message;
  try {
    message = readRecord(record);
  } catch (error) {
    if (!(error instanceof UnreadableMessage)) throw error;
    return options.unreadable({ value: record.value ?? Buffer.alloc(0), reason: error.message }, record.origin);
  }
  return options.handle(message, record.origin);
}

/** A record with where it lay. */
export interface DeliveredRecord extends StoredRecord {
  readonly origin: Origin;
}

/** How many records a handler gets at once at most. */
export const mostAtOnce = 100;

/** Undefined when one of them is no envelope. */
function decodeAll(records: readonly DeliveredRecord[]): readonly Delivery[] | undefined {
  try {
    return records.map((record) => ({ message: readRecord(record), origin: record.origin }));
  } catch {
    return undefined;
  }
}

/**
 * Delivers records of one partition, all at once where the subscriber can and it goes well, else one by one. `handled` is told each
 * time up to where. False when `ending` was aborted before the last.
 */
export async function deliverInOrder<Stored extends DeliveredRecord>(
  options: SubscribeOptions,
  records: readonly Stored[],
  ending: AbortSignal,
  log: Log,
  handled: (records: readonly Stored[]) => Promise<void> | void,
): Promise<boolean> {
  const begun = performance.now();
  try {
    return await deliverAll(options, records, ending, log, handled);
  } finally {
    options.onMeasure?.('consumer_batch_seconds', (performance.now() - begun) / 1_000, { consumer: options.group });
  }
}

async function deliverAll<Stored extends DeliveredRecord>(
  options: SubscribeOptions,
  records: readonly Stored[],
  ending: AbortSignal,
  log: Log,
  handled: (records: readonly Stored[]) => Promise<void> | void,
): Promise<boolean> {
  const deliveries = options.handleMany && records.length > 1 ? decodeAll(records) : undefined;
  if (options.handleMany && deliveries && !ending.aborted) {
    const together = await options.handleMany(deliveries).then(
      () => true,
      (error: unknown) => {
        log.debug({ group: options.group, ...errorFields(error) }, 'not all at once, one by one');
        return false;
      },
    );
    if (together) {
      await handled(records);
      return true;
    }
  }
  for (const record of records) {
    if (!(await deliver(options, record, ending, log))) return false;
    await handled([record]);
  }
  return true;
}

/** Calls the handler with one record until it resolves: true. False when `ending` was aborted and it had not. */
async function deliver(
  options: SubscribeOptions,
  record: DeliveredRecord,
  ending: AbortSignal,
  log: Log,
): Promise<boolean> {
  const backOff = new BackOff(100, 5_000);
  while (!ending.aborted) {
    try {
      await handle(options, record);
      return true;
    } catch (error) {
      log.warn({ group: options.group, ...record.origin, ...errorFields(error) }, 'handler failed, trying again');
      await pause(backOff.next(), ending);
    }
  }
  return false;
}
