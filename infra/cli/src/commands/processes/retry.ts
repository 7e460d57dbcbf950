import type { Command } from 'commander';
import type { Withdrawn } from '@waymark/messaging';
import type { ProcessOrderResult } from '@waymark/service-kit';
import { exitCodes } from '../../exit-codes.js';
import { type CommandContext, type CommonOptions, report } from '../command-context.js';
import { notDoneYet, type OrderingOptions, untilDone, withdrawnText, withOrderingOptions } from '../ordering.js';
import { secretsOption, serviceOption, type TargetOptions } from '../views/targets.js';
import { processId, withProcess } from './find.js';

type RetryOptions = CommonOptions & TargetOptions & OrderingOptions;

export function addRetry(processes: Command, { terminal, end }: CommandContext): void {
  const retry = processes
    .command('retry')
    .description('have the service take the step that a process is at once more, now')
    .argument('<id>', 'of the process', processId)
    .addOption(secretsOption())
    .addOption(serviceOption());
  withOrderingOptions(retry)
    .option('--json', 'print the result as one line of JSON')
    .option('--quiet', 'without --json: print nothing')
    .action(async (id: string, { operator, wait, ...options }: RetryOptions) => {
      const { processOrders } = await import('@waymark/service-kit');
      const { orderId, result } = await withProcess(id, options, async (_service, _row, { dataSource }) => {
        const placed = await processOrders.place(dataSource.manager, { processId: id, operator });
        return {
          orderId: placed,
          result: await untilDone(
            placed,
            () => processOrders.result(dataSource.manager, placed),
            { wait, ...options },
            terminal,
          ),
        };
      });
      report(
        terminal,
        options,
        { orderId, ...(result ?? { outcome: 'ordered' }) },
        () => `${textOf(result, orderId)}\n`,
      );
      if (result?.outcome !== 'taken') end(exitCodes.failed);
    });
}

function textOf(result: ProcessOrderResult | Withdrawn | undefined, orderId: string): string {
  switch (result?.outcome) {
    case undefined:
      return notDoneYet(orderId);
    case 'withdrawn':
      return withdrawnText(result);
    case 'taken':
      return `Done. The step ${result.step} was taken for the ${result.attempt}. time.`;
    case 'not_open':
      return 'Nothing done: the process is completed.';
    case 'failed':
      return `The step could not be taken: ${result.error}. The log of the service says more.`;
  }
}
