import { type Command, Option } from 'commander';
import { type WithdrawalReason, withdrawalReasons } from '@waymark/messaging';
import { exitCodes } from '../../exit-codes.js';
import { type CommandContext, type CommonOptions, report } from '../command-context.js';
import { firstThatHas } from '../each-service.js';
import { listedId } from '../listed-id.js';
import { type OrderingOptions, withOperatorOption } from '../ordering.js';
import { secretsOption, serviceOption, type TargetOptions, targetsOf } from '../views/targets.js';
import { withOrders } from './with-orders.js';

interface WithdrawOptions extends CommonOptions, TargetOptions, Pick<OrderingOptions, 'operator'> {
  readonly reason: WithdrawalReason;
}

export function addWithdraw(orders: Command, { terminal, end }: CommandContext): void {
  const withdraw = orders
    .command('withdraw')
    .description('take back what was ordered and nobody has taken up: no service will carry it out')
    .argument('<id>', 'of the order', listedId('an order'))
    .addOption(new Option('--reason <code>', 'why; the log keeps it').choices(withdrawalReasons).makeOptionMandatory())
    .addOption(secretsOption())
    .addOption(serviceOption());
  withOperatorOption(withdraw)
    .option('--json', 'print the result as one line of JSON')
    .option('--quiet', 'without --json: print nothing')
    .action(async (id: string, { operator, reason, ...options }: WithdrawOptions) => {
      const found = await firstThatHas(
        await targetsOf(options),
        () => `there is no order ${id}`,
        (target) =>
          withOrders(target, async (manager, tables) => {
            for (const table of tables) {
              const outcome = await table.withdraw(manager, id, { operator, reason });
              if (outcome !== 'unknown') return { orderId: id, service: target.definition.name, outcome };
            }
            return undefined;
          }),
      );
      report(terminal, options, found, () => `${texts[found.outcome]}\n`);
      if (found.outcome !== 'withdrawn') end(exitCodes.failed);
    });
}

const texts = {
  withdrawn: 'Withdrawn: nobody will carry it out. The service notes it in the log, now or when it is back.',
  in_hand: 'Not withdrawn: a service is carrying it out at this moment. Look at orders list --all for what came of it.',
  closed: 'Not withdrawn: it was carried out, or withdrawn, before. orders list --all says what came of it.',
};
