import type { Command } from 'commander';
import { type CommandContext, type CommonOptions, cutOff, report } from '../command-context.js';
import { ofEach } from '../each-service.js';
import { positiveNumber } from '../export.js';
import { secretsOption, serviceOption, type TargetOptions } from '../views/targets.js';
import { withViews } from '../views/with-view.js';
import { processId, type ProcessRow, processRows, processTargets, withProcess } from './find.js';
import { listText, processText, told } from './process-text.js';

interface ListOptions extends CommonOptions, TargetOptions {
  readonly overdue?: boolean;
  readonly all?: boolean;
  readonly limit: number;
}

export function addList(processes: Command, context: CommandContext): void {
  processes
    .command('list')
    .description('open processes of every service, oldest first: where each is, and how much it waits for')
    .addOption(secretsOption())
    .addOption(serviceOption())
    .option('--overdue', 'those beyond the deadline of their step only')
    .option('--all', 'also those that are completed')
    .option('--limit <number>', 'how many of each service at most', positiveNumber, 100)
    .option('--json', 'print the result as one line of JSON')
    .option('--quiet', 'without --json: print nothing')
    .action(async (options: ListOptions) => {
      const now = new Date();
      const { shown, notShown } = await ofEach(await processTargets(options), context, (target) =>
        withViews(target, async ({ dataSource }) => {
          const rows = await dataSource.query<ProcessRow[]>(
            `${processRows} WHERE ($1 OR completed_at IS NULL)
               AND (NOT $2 OR due_at <= $3 OR steps -> -1 ->> 'overdueAt' IS NOT NULL AND completed_at IS NULL)
             ORDER BY since, process_id LIMIT $4`,
            [options.all ?? false, options.overdue ?? false, now, options.limit + 1],
          );
          return rows.map((row) => told(target.definition.name, row, now));
        }),
      );
      const more = shown.some(({ length }) => length > options.limit);
      const listed = shown.flatMap((each) => each.slice(0, options.limit));
      report(
        context.terminal,
        options,
        { processes: listed, more, notShown },
        () => listText(listed) + (more ? cutOff(options) : ''),
      );
    });
}

export function addShow(processes: Command, { terminal }: CommandContext): void {
  processes
    .command('show')
    .description('one process: its steps with their times, what it waits for, and until when')
    .argument('<id>', 'of the process', processId)
    .addOption(secretsOption())
    .addOption(serviceOption())
    .option('--json', 'print the result as one line of JSON')
    .option('--quiet', 'without --json: print nothing')
    .action(async (id: string, options: CommonOptions & TargetOptions) => {
      const shown = await withProcess(id, options, async (service, row) => ({
        process: told(service, row, new Date()),
        steps: row.steps,
      }));
      report(terminal, options, { ...shown.process, steps: shown.steps }, () =>
        processText(shown.process, shown.steps),
      );
    });
}
