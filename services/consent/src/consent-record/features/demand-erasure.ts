import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Aggregates, type Call } from '@waymark/service-kit';
import { consentRecordAggregate } from '../consent-record.aggregate.js';

/** Gives the order once more, for the contexts that have not answered; nothing when all have. */
export class DemandErasure extends Command<void> {
  constructor(
    readonly clientId: string,
    readonly erasureId: string,
    readonly call: Call,
  ) {
    super();
  }
}

@CommandHandler(DemandErasure)
export class DemandErasureHandler implements ICommandHandler<DemandErasure> {
  constructor(private readonly aggregates: Aggregates) {}

  async execute({ clientId, erasureId, call }: DemandErasure): Promise<void> {
    await this.aggregates.change(consentRecordAggregate, clientId, { type: 'DemandErasure', erasureId }, call);
  }
}
