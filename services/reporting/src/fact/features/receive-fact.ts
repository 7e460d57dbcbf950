import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Aggregates, type Call } from '@waymark/service-kit';
import type { ContactFact } from '../domain/fact.js';
import { factAggregate } from '../fact.aggregate.js';

export class ReceiveFact extends Command<void> {
  constructor(
    readonly fact: ContactFact,
    readonly call: Call,
  ) {
    super();
  }
}

@CommandHandler(ReceiveFact)
export class ReceiveFactHandler implements ICommandHandler<ReceiveFact> {
  constructor(private readonly aggregates: Aggregates) {}

  async execute({ fact, call }: ReceiveFact): Promise<void> {
    await this.aggregates.change(factAggregate, fact.factId, { type: 'ReceiveFact', fact }, call);
  }
}
