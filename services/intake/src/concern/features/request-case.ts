import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Aggregates, type Call } from '@waymark/service-kit';
import { concernAggregate } from '../concern.aggregate.js';

/** Whether a case is to come of an accepted concern; `again`: asks for it once more, because nothing has come back. */
export class RequestCase extends Command<boolean> {
  constructor(
    readonly concernId: string,
    readonly again: boolean,
    readonly call: Call,
  ) {
    super();
  }
}

@CommandHandler(RequestCase)
export class RequestCaseHandler implements ICommandHandler<RequestCase> {
  constructor(private readonly aggregates: Aggregates) {}

  /** None is for a client who was erased in between: the case service opens none. */
  async execute({ concernId, again, call }: RequestCase): Promise<boolean> {
    const { state } = again
      ? await this.aggregates.change(concernAggregate, concernId, { type: 'RequestCase' }, call)
      : await this.aggregates.load(concernAggregate, concernId);
    return state.status !== 'none' && !state.erased.includes('client');
  }
}
