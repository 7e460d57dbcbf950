import type { Command } from 'commander';
import { type PublishingOrderResult, publishingOrders, type Withdrawn } from '@waymark/messaging';
import type { EntityManager } from 'typeorm';
import { exitCodes, WrongUse } from '../exit-codes.js';
import { databaseOption, withDatabase } from '../service-database.js';
import { type CommandContext, type CommonOptions, report } from './command-context.js';
import { notDoneYet, type OrderingOptions, untilDone, withdrawnText, withOrderingOptions } from './ordering.js';

interface PublishAgainOptions extends CommonOptions, OrderingOptions {
  readonly service: string;
  readonly database?: string;
}

/** For messages that are known to be missing: repairs the topic from the log. Consumers drop what they had. */
export function addPublishAgain(messages: Command, { terminal, end }: CommandContext): Command {
  const publishAgain = messages
    .command('publish-again')
    .description('have a service publish everything again from the start of the log, with the same ids')
    .requiredOption('--service <name>', 'whose messages: such as case, or case-facts for its facts')
    .addOption(databaseOption());
  return withOrderingOptions(publishAgain)
    .option('--json', 'print the result as one line of JSON')
    .option('--quiet', 'print nothing without --json')
    .action(async ({ service, database, operator, wait, ...options }: PublishAgainOptions) => {
      const { orderId, result } = await withDatabase(database, 'relay_orders', async (manager) => {
        await demandRelay(manager, service);
        const placed = await publishingOrders.place(manager, { service, operator });
        return {
          orderId: placed,
          result: await untilDone(
            placed,
            () => publishingOrders.result(manager, placed),
            { wait, ...options },
            terminal,
          ),
        };
      });
      const told = { orderId, service, operator, ...(result ?? { outcome: 'ordered' }) };
      report(terminal, options, told, () => `${textOf(service, result, orderId)}\n`);
      if (result?.outcome !== 'done') end(exitCodes.failed);
    });
}

/** Refuses when the database is of another service. */
async function demandRelay(manager: EntityManager, service: string): Promise<void> {
  const relays = await manager.query<{ service: string }[]>('SELECT service FROM relay_checkpoint ORDER BY service');
  if (relays.some((relay) => relay.service === service)) return;
  const known = relays.map((relay) => relay.service).join(', ') || 'nothing';
  throw new WrongUse(`${service} does not publish from this database: ${known} does`);
}

function textOf(service: string, result: PublishingOrderResult | Withdrawn | undefined, orderId: string): string {
  if (!result) return notDoneYet(orderId);
  if (result.outcome === 'withdrawn') return withdrawnText(result);
  const shared = result.with === undefined ? '' : `, once for this order and ${result.with}`;
  return `Done. ${service} publishes again what it has published, ${result.published} messages${shared}.`;
}
