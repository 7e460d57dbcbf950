import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Instant } from '@waymark/event-sourcing';
import { Aggregates, type Call } from '@waymark/service-kit';
import { concernAggregate } from '../concern.aggregate.js';

/** Whoever has recused from a case no longer knows of its concern either. */
export class RecordRecusal extends Command<void> {
  constructor(
    readonly concernId: string,
    readonly recusal: { readonly staffId: string; readonly caseId: string; readonly recusedAt: Instant },
    readonly call: Call,
  ) {
    super();
  }
}

@CommandHandler(RecordRecusal)
export class RecordRecusalHandler implements ICommandHandler<RecordRecusal> {
  constructor(private readonly aggregates: Aggregates) {}

  async execute({ concernId, recusal, call }: RecordRecusal): Promise<void> {
    await this.aggregates.change(concernAggregate, concernId, { type: 'RecordRecusal', ...recusal }, call);
  }
}
