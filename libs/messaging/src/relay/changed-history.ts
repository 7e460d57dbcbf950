import type { Leadership } from './leadership.js';
import type { RelayOptions } from './relay-options.js';

/**
 * Whether the database was set back since the last leadership, as far as can be told: it was restored, or a standby took over that may
 * have lacked the last commits. Consumers whose notes lie on the same server have then lost effects of messages that the bus counts as
 * read. So everything is published again by whoever leads next, and consumers drop what they had: true then, and this leadership is over.
 */
export async function makeUpForChangedHistory(
  { service, log }: Pick<RelayOptions, 'service' | 'log'>,
  leadership: Leadership,
): Promise<boolean> {
  const { now, noted } = await leadership.histories();
  if (noted === now) return false;
  const isChanged = noted !== null;
  // Before the history is noted: whoever dies in between does it once more.
  if (isChanged) {
    log.error(
      { service, noted, now },
      'the database was restored, or a standby has taken over: everything is published again, look for messages out of sequence',
    );
    await leadership.startOver();
  }
  await leadership.noteHistory(now);
  return isChanged;
}
