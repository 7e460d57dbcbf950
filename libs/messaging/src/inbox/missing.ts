import type { EntityManager } from 'typeorm';
import { firstOpenOf, type DeadLetter } from './dead-letters.js';
import type { Inbox } from './inbox.js';
import { lockKey } from './inbox-tables.js';
import type { MissingNumbers } from './operator-decision.js';

/** The numbers directly before a letter whose messages have not come; undefined when there are none. */
export const missingBefore = (inbox: Inbox, letter: DeadLetter): Promise<MissingNumbers | undefined> =>
  inbox.options.dataSource.transaction((manager) => lockAndCompare(manager, letter));

/**
 * Gives up what is missing directly before the first letter of a key: when it comes after all it is out of sequence. `record` is told
 * exactly what that is, while the key is locked; nothing is given up when it rejects. Undefined when nothing is missing, or the letter
 * is not the first any more.
 */
export async function giveUpMissing(
  inbox: Inbox,
  letter: DeadLetter,
  record: (missing: MissingNumbers) => Promise<void>,
): Promise<MissingNumbers | undefined> {
  const { consumer, source, subject } = letter;
  return inbox.options.dataSource.transaction(async (manager) => {
    const missing = await lockAndCompare(manager, letter);
    if (!missing || source === null || subject === null) return undefined;
    if ((await firstOpenOf(manager, consumer, source, subject))?.id !== letter.id) return undefined;
    await record(missing);
    await manager.query(
      'update inbox_sequence set last_sequence = $4 where consumer = $1 and source = $2 and subject = $3',
      [consumer, source, subject, missing.to],
    );
    return missing;
  });
}

/** Locks the letter's key until the transaction ends. */
async function lockAndCompare(manager: EntityManager, letter: DeadLetter): Promise<MissingNumbers | undefined> {
  const { consumer, source, subject, sequence } = letter;
  if (source === null || subject === null || sequence === null) return undefined;
  const last = await lockKey(manager, consumer, source, subject);
  return sequence > last + 1 ? { from: last + 1, to: sequence - 1 } : undefined;
}
