import { type Command, Option } from 'commander';
import { type DeadLetter, deadLetterReasons, deadLettersWhere } from '@waymark/messaging';
import type { EntityManager } from 'typeorm';
import { exitCodes, WrongUse } from '../../exit-codes.js';
import { number } from '../../terminal.js';
import { type CommandContext, type CommonOptions, report } from '../command-context.js';
import { positiveNumber } from '../export.js';
import { listText } from './letter-text.js';
import { letterId } from './look.js';

/** Which open dead letters are meant: those that fulfil all that is given. */
export interface Selection {
  readonly topic?: string;
  readonly subject?: string;
  readonly becauseOf?: string;
  /** How many at most: the operator has seen so many. */
  readonly all?: number;
}

const letterIds = (text: string, before: readonly string[] = []): readonly string[] => [...before, letterId(text)];

export const withSelection = (command: Command): Command =>
  command
    .argument('[ids...]', 'of dead letters', letterIds)
    .option('--topic <name>', 'all open ones that lay on this topic')
    .option('--subject <id>', 'all open ones about this aggregate')
    .addOption(new Option('--because-of <reason>', 'all open ones of this reason').choices(deadLetterReasons))
    .option('--all <number>', 'do it to all that are selected, of which so many were shown', positiveNumber);

/** Whether more than one letter that is named may be meant, so that the operator has to see them first. */
export const meansSeveral = (ids: readonly string[], { topic, subject, becauseOf }: Selection): boolean =>
  ids.length > 1 || [topic, subject, becauseOf].some((given) => given !== undefined);

/** The open letters that are meant, in the order of their keys. */
export async function selected(
  manager: EntityManager,
  ids: readonly string[],
  { topic, subject, becauseOf }: Selection,
): Promise<readonly DeadLetter[]> {
  const letters = await deadLettersWhere(
    manager,
    `closed_at is null and ($1::uuid[] is null or id = any($1)) and ($2::text is null or topic = $2)
       and ($3::text is null or subject = $3) and ($4::text is null or reason = $4)
     order by source, subject, sequence, id`,
    [ids.length > 0 ? ids : null, topic ?? null, subject ?? null, becauseOf ?? null],
  );
  const unknown = ids.filter((id) => letters.every((letter) => letter.id !== id));
  const given = [topic, subject, becauseOf].some((each) => each !== undefined);
  if (unknown.length > 0 && !given)
    throw new WrongUse(`no open dead letter in this database: ${unknown.join(', ')}. Nothing was done`);
  return letters;
}

const shownAtMost = 20;

/**
 * Whether all of these have been confirmed. If not, shows them, and the command ends with 2: nothing is done to a letter that the
 * operator cannot have seen.
 */
export function confirmed(
  letters: readonly DeadLetter[],
  verb: string,
  { all, ...options }: Selection & CommonOptions,
  { terminal, end }: CommandContext,
): boolean {
  if (letters.length > 0 && all !== undefined && letters.length <= all) return true;
  const ids = letters.map(({ id }) => id);
  report(terminal, options, { outcome: 'not_confirmed', selected: letters.length, deadLetters: ids }, () => {
    if (letters.length === 0) return 'Nothing done: no open dead letter is meant by that.\n';
    const rest = letters.length - shownAtMost;
    const more = rest > 0 ? `  … and ${number(rest)} more\n` : '';
    return `${listText(letters.slice(0, shownAtMost))}${more}Nothing done yet. To ${verb} all ${number(letters.length)} of them, say so: --all ${letters.length}\n`;
  });
  end(exitCodes.wrongUse);
  return false;
}
