import { decodeMessage } from '../envelope.js';
import { errorFields } from '../log.js';
import { bury } from './dead-letters.js';
import type { Inbox } from './inbox.js';
import type { Key } from './inbox-tables-many.js';
import { keysToOpen, keysWaitingSince, locate, lockKey, waitingOf } from './inbox-tables.js';
import { redriveKey } from './redrive.js';

/** What has to be looked at again from time to time: gaps whose time is over, and keys that nothing holds up any more. */
export async function sweepKeys(inbox: Inbox): Promise<void> {
  const { consumer, dataSource, now, gapWaitMs, log } = inbox.options;
  const before = new Date(Date.parse(now()) - gapWaitMs).toISOString();
  const each = async (keys: readonly Key[], work: (key: Key) => Promise<unknown>): Promise<void> => {
    for (const key of keys) {
      // One key that cannot be helped must not keep the others from it.
      await work(key).catch((error: unknown) => log.warn({ consumer, ...errorFields(error) }, 'key not swept'));
    }
  };
  await each(await keysWaitingSince(dataSource.manager, consumer, before), (key) => giveUpWaiting(inbox, key));
  await each(await keysToOpen(dataSource.manager, consumer), (key) => redriveKey(inbox, key));
}

/**
 * Waiting messages whose time is over become dead letters: the missing one is not guessed. When it comes after all, it has its effect
 * and they have theirs.
 */
async function giveUpWaiting(inbox: Inbox, { source, subject }: Key): Promise<void> {
  const { consumer, dataSource, now } = inbox.options;
  const buried = await dataSource.transaction(async (manager) => {
    const last = await lockKey(manager, consumer, source, subject);
    const letters = await waitingOf(manager, consumer, source, subject, 10_000);
    const messages = letters.map((letter) => ({ ...letter, message: decodeMessage(letter.value) }));
    const first = messages[0];
    if (!first) return undefined;
    const { place } = await locate(manager, consumer, first.message);
    if (place !== 'gap' && place !== 'behind') return undefined;
    const ids: string[] = [];
    for (const [index, letter] of messages.entries()) {
      const reason = index === 0 && place === 'gap' ? 'sequence_gap' : 'behind_dead_letter';
      const detail = `waited for sequence ${last + 1}`;
      ids.push(await bury(manager, consumer, { ...letter, reason, detail, now: now() }));
    }
    return { id: ids[0], origin: first.origin };
  });
  if (buried?.id) inbox.alarm('sequence_gap', buried.id, buried.origin);
  // The missing one came, but the process ended before those behind it were taken up.
  if (!buried) await inbox.takeUp(source, subject);
}
