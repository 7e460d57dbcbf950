import { decodeMessage } from '../envelope.js';
import { readRecord } from '../read-record.js';
import {
  closeLetter,
  findOpen,
  firstOpenOf,
  isToBeDiscarded,
  noteFailure,
  noteStillGap,
  type DeadLetter,
  type DeadLetterReason,
} from './dead-letters.js';
import { ProcessEnded } from './hands.js';
import type { Inbox } from './inbox.js';
import type { Key } from './inbox-tables-many.js';
import { lockKey } from './inbox-tables.js';
import { isTemporary } from './temporary-failure.js';

export interface RedriveResult {
  /** How many letters had their effect by this call; not those which the consumer itself took up meanwhile. */
  readonly redriven: number;
  /** The letter at which it stopped, if it did; its key stays closed. */
  readonly stoppedAt?: { readonly deadLetterId: string; readonly reason: DeadLetterReason };
}

/** There is no such letter, or it was closed before. */
export class NotOpen extends Error {
  override readonly name = 'NotOpen';
}

/**
 * Redrives the key of a dead letter in order, from the first open one, until none is left, one fails again, or a message is missing.
 * One that came out of sequence or could not be read is handled alone. Temporary failures reject and leave everything as it was.
 */
export async function redrive(inbox: Inbox, deadLetterId: string): Promise<RedriveResult> {
  const { consumer, dataSource } = inbox.options;
  const asked = await findOpen(dataSource.manager, consumer, deadLetterId);
  if (!asked) throw new NotOpen(`no open dead letter ${deadLetterId} of ${consumer}`);
  const { source, subject, reason } = asked;
  if (source === null || subject === null) return redriveUnreadable(inbox, asked);
  if (reason === 'out_of_sequence') return (await tryOne(inbox, asked)).end ?? { redriven: 1 };
  return redriveKey(inbox, { source, subject }, { evenFailed: true });
}

/**
 * The open letters of a key in order. Without `evenFailed` only those that are there because of others, which is how a key opens by
 * itself when the missing message came, or the letter before them was closed. Stops before one that an operator has ordered to be given
 * up: it must not have its effect while the order waits.
 */
export async function redriveKey(
  inbox: Inbox,
  { source, subject }: Key,
  { evenFailed = false }: { readonly evenFailed?: boolean } = {},
): Promise<RedriveResult> {
  const { consumer, dataSource, stopping } = inbox.options;
  let redriven = 0;
  for (let mayTry = evenFailed; ; mayTry = false) {
    const letter = await firstOpenOf(dataSource.manager, consumer, source, subject);
    if (!letter) return { redriven };
    const { id: deadLetterId, reason } = letter;
    const mayNot = async () => reason === 'handler_failed' || isToBeDiscarded(dataSource.manager, deadLetterId);
    if (stopping.aborted || (!mayTry && (await mayNot()))) {
      return { redriven, stoppedAt: { deadLetterId, reason } };
    }
    const { end, byAnother } = await tryOne(inbox, letter);
    if (end) return { ...end, redriven };
    if (!byAnother) redriven += 1;
  }
}

interface Attempt {
  /** Another instance or operator was faster. */
  readonly byAnother?: boolean;
  readonly end?: RedriveResult;
}

async function tryOne(inbox: Inbox, letter: DeadLetter): Promise<Attempt> {
  const { dataSource, now, attempts } = inbox.options;
  const stopped = (reason: DeadLetterReason): Attempt => ({
    end: { redriven: 0, stoppedAt: { deadLetterId: letter.id, reason } },
  });
  const messageId = letter.messageId ?? letter.id;
  try {
    const deaths = await inbox.hands.takeUp(messageId, now());
    if (deaths.count >= attempts) throw new ProcessEnded(deaths);
    const outcome = await redriveOne(inbox, letter);
    if (outcome !== 'done') await inbox.hands.putDown(messageId);
    if (outcome === 'gap') return stopped('sequence_gap');
    return { byAnother: outcome === 'by_another' };
  } catch (error) {
    await inbox.hands.putDown(messageId);
    if (isTemporary(error)) throw error;
    await noteFailure(dataSource.manager, letter.id, error instanceof Error ? error : new Error(String(error)), now());
    return stopped('handler_failed');
  }
}

type Outcome = 'done' | 'gap' | 'by_another';

async function redriveOne(inbox: Inbox, letter: DeadLetter): Promise<Outcome> {
  const { consumer, dataSource, now } = inbox.options;
  const message = decodeMessage(letter.value);
  const last = await dataSource.transaction((manager) => lockKey(manager, consumer, message.source, message.subject));
  // The last seen is never moved back, so that nothing is missing later if nothing is now.
  if (message.sequence > last + 1) {
    await noteStillGap(dataSource.manager, letter.id, last);
    return 'gap';
  }
  await inbox.react(message, letter.origin);
  return dataSource.transaction(async (manager) => {
    await lockKey(manager, consumer, message.source, message.subject);
    const stillOpen = await findOpen(manager, consumer, letter.id);
    if (stillOpen?.attempts !== letter.attempts) return 'by_another';
    await inbox.apply(manager, message, letter.origin);
    await closeLetter(manager, letter.id, 'redriven', now());
    await inbox.hands.putDown(message.id, manager);
    return 'done';
  });
}

/** A record nobody could read may have become readable with a newer version of this code. Throws `UnreadableMessage` if not. */
async function redriveUnreadable(inbox: Inbox, letter: DeadLetter): Promise<RedriveResult> {
  const { dataSource, now } = inbox.options;
  await inbox.receive(readRecord({ value: letter.value }), letter.origin, true);
  await closeLetter(dataSource.manager, letter.id, 'redriven', now());
  return { redriven: 1 };
}
