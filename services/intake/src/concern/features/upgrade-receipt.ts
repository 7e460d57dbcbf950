import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Aggregates, type Call } from '@waymark/service-kit';
import { concernAggregate } from '../concern.aggregate.js';

/** When the case of an affected reporter opens, their receipt becomes a client receipt. */
export class UpgradeReceipt extends Command<void> {
  constructor(
    readonly concernId: string,
    readonly caseId: string,
    readonly call: Call,
  ) {
    super();
  }
}

@CommandHandler(UpgradeReceipt)
export class UpgradeReceiptHandler implements ICommandHandler<UpgradeReceipt> {
  constructor(private readonly aggregates: Aggregates) {}

  async execute({ concernId, caseId, call }: UpgradeReceipt): Promise<void> {
    await this.aggregates.change(concernAggregate, concernId, { type: 'UpgradeReceipt', caseId }, call);
  }
}
