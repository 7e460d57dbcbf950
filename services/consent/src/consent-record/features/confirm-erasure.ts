import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Aggregates, type Call } from '@waymark/service-kit';
import { consentRecordAggregate } from '../consent-record.aggregate.js';
import type { ErasedContext } from '../domain/erasure.events.js';

/** A context has destroyed its key. */
export class ConfirmErasure extends Command<void> {
  constructor(
    readonly clientId: string,
    readonly erasureId: string,
    readonly erased: ErasedContext,
    readonly call: Call,
  ) {
    super();
  }
}

@CommandHandler(ConfirmErasure)
export class ConfirmErasureHandler implements ICommandHandler<ConfirmErasure> {
  constructor(private readonly aggregates: Aggregates) {}

  async execute({ clientId, erasureId, erased, call }: ConfirmErasure): Promise<void> {
    const command = { type: 'ConfirmErasure', erasureId, erased } as const;
    await this.aggregates.change(consentRecordAggregate, clientId, command, call);
  }
}
