import type { Command } from 'commander';
import type { OrderedStanding } from '@waymark/service-kit';
import { columns } from '../../terminal.js';
import { type CommandContext, type CommonOptions, cutOff, report } from '../command-context.js';
import { ofEach } from '../each-service.js';
import { positiveNumber } from '../export.js';
import { secretsOption, serviceOption, type TargetOptions, targetsOf } from '../views/targets.js';
import { withOrders } from './with-orders.js';

interface ListOptions extends CommonOptions, TargetOptions {
  readonly all?: boolean;
  readonly limit: number;
}

export function addList(orders: Command, context: CommandContext): void {
  orders
    .command('list')
    .description('what operators have ordered of every service and waits, oldest first')
    .addOption(secretsOption())
    .addOption(serviceOption())
    .option('--all', 'also what was carried out or withdrawn in the last 90 days')
    .option('--limit <number>', 'how many of each service at most', positiveNumber, 100)
    .option('--json', 'print the result as one line of JSON')
    .option('--quiet', 'without --json: print nothing')
    .action(async (options: ListOptions) => {
      const which = { all: options.all ?? false, limit: options.limit + 1 };
      const { shown, notShown } = await ofEach(await targetsOf(options), context, (target) =>
        withOrders(target, async (manager, tables) => {
          const found: OrderedStanding[] = [];
          for (const table of tables) found.push(...(await table.list(manager, which)));
          return found
            .toSorted((one, other) => one.orderedAt.getTime() - other.orderedAt.getTime())
            .map((order) => told(target.definition.name, order));
        }),
      );
      const more = shown.some(({ length }) => length > options.limit);
      const listed = shown.flatMap((each) => each.slice(0, options.limit));
      report(
        context.terminal,
        options,
        { orders: listed, more, notShown },
        () => listText(listed) + (more ? cutOff(options) : ''),
      );
    });
}

/** An order as an operator is told of it. */
const told = (service: string, { orderId, operator, kind, about, ...standing }: OrderedStanding) => ({
  ...{ orderId, service, kind, about, operator },
  orderedAt: standing.orderedAt.toISOString(),
  state: standing.result?.outcome ?? standing.state,
  closedAt: standing.closedAt?.toISOString() ?? null,
  result: standing.result,
  note: standing.note,
});

function listText(orders: readonly ReturnType<typeof told>[]): string {
  if (orders.length === 0) return 'No orders\n';
  const rows = orders.map(({ orderId, service, kind, about, operator, orderedAt, state }) => [
    ...[orderId, service, kind, about, operator, orderedAt, state],
  ]);
  return columns([['id', 'service', 'kind', 'about', 'by', 'since', 'state'], ...rows]);
}
