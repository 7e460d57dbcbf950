import { decodeMessage, UnreadableMessage } from './envelope.js';
import { errorFields, type Log } from './log.js';
import type { Bus, Message, Origin } from './port.js';
import { BackOff, pause } from './waiting.js';

export type SubscribeOptions = Parameters<Bus['subscribe']>[0];

function handle(options: SubscribeOptions, value: Buffer, origin: Origin): Promise<void> {
  let message: Message;
  try {
    message = decodeMessage(value);
  } catch (error) {
    if (!(error instanceof UnreadableMessage)) throw error;
    return options.unreadable({ value, reason: error.message }, origin);
  }
  return options.handle(message, origin);
}

/** Calls the handler with one record until it resolves: true. False when `ending` was aborted and it had not. */
export async function deliver(
  options: SubscribeOptions,
  record: { readonly value: Buffer; readonly origin: Origin },
  ending: AbortSignal,
  log: Log,
): Promise<boolean> {
  const backOff = new BackOff(100, 5_000);
  while (!ending.aborted) {
    try {
      await handle(options, record.value, record.origin);
      return true;
    } catch (error) {
      log.warn({ group: options.group, ...record.origin, ...errorFields(error) }, 'handler failed, trying again');
      await pause(backOff.next(), ending);
    }
  }
  return false;
}
