import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Aggregates, type Call } from '@waymark/service-kit';
import { concernAggregate } from '../concern.aggregate.js';

/** Asks once more for the case of an accepted concern of which nothing has come back. */
export class RequestCase extends Command<void> {
  constructor(
    readonly concernId: string,
    readonly call: Call,
  ) {
    super();
  }
}

@CommandHandler(RequestCase)
export class RequestCaseHandler implements ICommandHandler<RequestCase> {
  constructor(private readonly aggregates: Aggregates) {}

  async execute({ concernId, call }: RequestCase): Promise<void> {
    await this.aggregates.change(concernAggregate, concernId, { type: 'RequestCase' }, call);
  }
}
