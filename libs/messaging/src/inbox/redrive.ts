import { decodeMessage } from '../envelope.js';
import {
  findOpen,
  firstOpenOf,
  markRedriven,
  noteFailure,
  type DeadLetter,
  type DeadLetterReason,
} from './dead-letters.js';
import type { Inbox } from './inbox.js';
import { lockKey } from './inbox-tables.js';

export interface RedriveResult {
  /** How many letters had their effect now. */
  readonly redriven: number;
  /** The letter at which it stopped, if it did; its key stays closed. */
  readonly stoppedAt?: { readonly deadLetterId: string; readonly reason: DeadLetterReason };
}

/** Redrives the key of a dead letter in order, from the first open one, until none is left or one fails again. */
export async function redrive(inbox: Inbox, deadLetterId: string, acceptGap: boolean): Promise<RedriveResult> {
  const { consumer, dataSource, now } = inbox.options;
  const asked = await findOpen(dataSource.manager, consumer, deadLetterId);
  if (!asked) throw new Error(`no open dead letter ${deadLetterId} of ${consumer}`);
  const { source, subject } = asked;
  if (source === null || subject === null) return redriveUnreadable(inbox, asked);

  let redriven = 0;
  let gapAccepted = !acceptGap;
  for (;;) {
    const letter = await firstOpenOf(dataSource.manager, consumer, source, subject);
    if (!letter) return { redriven };
    try {
      const outcome = await redriveOne(inbox, letter, !gapAccepted);
      if (outcome === 'gap') return { redriven, stoppedAt: { deadLetterId: letter.id, reason: 'sequence_gap' } };
      // One gap was accepted, not every later one.
      if (outcome === 'over_gap') gapAccepted = true;
      redriven += 1;
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error));
      await noteFailure(dataSource.manager, letter.id, failure, now());
      return { redriven, stoppedAt: { deadLetterId: letter.id, reason: letter.reason } };
    }
  }
}

async function redriveOne(inbox: Inbox, letter: DeadLetter, acceptGap: boolean): Promise<'done' | 'over_gap' | 'gap'> {
  const { consumer, dataSource, now } = inbox.options;
  const message = decodeMessage(letter.value);
  const jumps = (last: number): boolean => message.sequence > last + 1;
  const last = await dataSource.transaction((manager) => lockKey(manager, consumer, message.source, message.subject));
  if (jumps(last) && !acceptGap) return 'gap';
  await inbox.react(message, letter.origin);
  return dataSource.transaction(async (manager) => {
    const lastNow = await lockKey(manager, consumer, message.source, message.subject);
    const stillOpen = await findOpen(manager, consumer, letter.id);
    if (!stillOpen) return 'done';
    if (jumps(lastNow) && !acceptGap) return 'gap';
    await inbox.apply(manager, message, letter.origin);
    await markRedriven(manager, letter.id, now());
    return jumps(lastNow) ? 'over_gap' : 'done';
  });
}

/** A record nobody could read may have become readable with a newer version of this code. Throws `UnreadableMessage` if not. */
async function redriveUnreadable(inbox: Inbox, letter: DeadLetter): Promise<RedriveResult> {
  const { dataSource, now } = inbox.options;
  await inbox.receive(decodeMessage(letter.value), letter.origin);
  await markRedriven(dataSource.manager, letter.id, now());
  return { redriven: 1 };
}
