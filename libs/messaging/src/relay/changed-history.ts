import { errorFields } from '../log.js';
import { repeatedly } from '../waiting.js';
import type { Leadership } from './leadership.js';
import type { RelayOptions } from './relay-options.js';

type HistoryOfRelay = Pick<RelayOptions, 'service' | 'store' | 'log' | 'lookEveryMs'>;

/** Of the service's own database and of the log, which may lie on another server. */
async function historiesOf({ store }: HistoryOfRelay, leadership: Leadership) {
  const { now, noted } = await leadership.histories();
  return { now: `${now} ${(await store.history()) ?? 'unknown'}`, noted };
}

/**
 * Whether the database or the log was set back since they were last looked at, as far as can be told: it was restored, or a standby took
 * over that may have lacked the last commits. Consumers whose notes lie on the same server have then lost effects of messages that the bus
 * counts as read, and events that were published may be gone, whose numbers others get. So everything is published again by whoever leads
 * next, and consumers drop what they had: true then, and this leadership is over.
 */
export async function makeUpForChangedHistory(relay: HistoryOfRelay, leadership: Leadership): Promise<boolean> {
  const { service, log } = relay;
  const { now, noted } = await historiesOf(relay, leadership);
  if (noted === now) return false;
  const isChanged = noted !== null;
  // Before the history is noted: whoever dies in between does it once more.
  if (isChanged) {
    log.error(
      { service, noted, now },
      'the database or the log was restored, or a standby has taken over: everything is published again, look for messages out of sequence',
    );
    await leadership.startOver();
  }
  await leadership.noteHistory(now);
  return isChanged;
}

/** Looks now and then, and ends the leadership when another history has begun: that of the log may under one leadership. */
export function watchHistory(relay: HistoryOfRelay, leadership: Leadership, ended: AbortController): Promise<void> {
  return repeatedly(relay.lookEveryMs ?? 5_000, ended.signal, async () => {
    const found = await historiesOf(relay, leadership).catch((error: unknown) => {
      relay.log.warn({ service: relay.service, ...errorFields(error) }, 'the history of the log cannot be looked at');
      return undefined;
    });
    if (found && found.now !== found.noted) ended.abort();
  });
}
