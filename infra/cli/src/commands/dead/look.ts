import type { Command } from 'commander';
import { deadLettersWhere, type DeadLetter } from '@waymark/messaging';
import type { EntityManager } from 'typeorm';
import { WrongUse } from '../../exit-codes.js';
import { databaseOption, withDatabase } from '../../service-database.js';
import { cutOff, report, type CommandContext, type CommonOptions } from '../command-context.js';
import { positiveNumber } from '../export.js';
import { listedId } from '../listed-id.js';
import { asJson, letterText, listText } from './letter-text.js';

export interface LookOptions extends CommonOptions {
  readonly database?: string;
}

interface ListOptions extends LookOptions {
  readonly all?: boolean;
  readonly subject?: string;
  readonly limit: number;
}

export const letterId = listedId('a dead letter');

export async function demandLetter(manager: EntityManager, id: string): Promise<DeadLetter> {
  const [letter] = await deadLettersWhere(manager, 'id = $1', [id]);
  if (!letter) throw new WrongUse(`there is no dead letter ${id} in this database`);
  return letter;
}

export function addList(dead: Command, { terminal }: CommandContext): void {
  dead
    .command('list')
    .description('open dead letters, oldest first')
    .addOption(databaseOption())
    .option('--all', 'also those that were redriven or discarded')
    .option('--subject <id>', 'those about this aggregate only')
    .option('--limit <number>', 'how many at most', positiveNumber, 100)
    .option('--json', 'print the result as one line of JSON')
    .option('--quiet', 'print nothing without --json')
    .action(async (options: ListOptions) => {
      const found = await withDatabase(options.database, 'inbox_orders', (manager) =>
        deadLettersWhere(
          manager,
          `($1 or closed_at is null) and ($2::text is null or subject = $2)
           order by first_failed_at, source, subject, sequence limit $3`,
          [options.all ?? false, options.subject ?? null, options.limit + 1],
        ),
      );
      const letters = found.slice(0, options.limit);
      const more = found.length > options.limit;
      const told = letters.map((letter) => {
        const { stack: _stack, ...rest } = asJson(letter);
        return rest;
      });
      report(terminal, options, { deadLetters: told, more }, () => listText(letters) + (more ? cutOff(options) : ''));
    });
}

export function addShow(dead: Command, { terminal }: CommandContext): void {
  dead
    .command('show')
    .description('one dead letter: why, since when, where it lay, and the message itself')
    .argument('<id>', 'of the dead letter', letterId)
    .addOption(databaseOption())
    .option('--json', 'print the result as one line of JSON')
    .option('--quiet', 'print nothing without --json')
    .action(async (id: string, options: LookOptions) => {
      const { letter, behind } = await withDatabase(options.database, 'inbox_orders', async (manager) => {
        const found = await demandLetter(manager, id);
        const others = await deadLettersWhere(
          manager,
          'consumer = $1 and source = $2 and subject = $3 and sequence > $4 and closed_at is null',
          [found.consumer, found.source, found.subject, found.sequence],
        );
        return { letter: found, behind: others.length };
      });
      report(terminal, options, { ...asJson(letter), behind }, () => letterText(letter, behind));
    });
}
