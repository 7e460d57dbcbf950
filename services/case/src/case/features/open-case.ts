import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { derivedId } from '@waymark/messaging';
import { Aggregates, type Call } from '@waymark/service-kit';
import { caseAggregate } from '../case.aggregate.js';

/** Opens the case of an accepted concern. Its id follows from the concern's alone, so that there is never a second one. */
export class OpenCase extends Command<void> {
  constructor(
    readonly concern: { readonly concernId: string; readonly clientId: string; readonly officerId: string },
    readonly call: Call,
  ) {
    super();
  }
}

@CommandHandler(OpenCase)
export class OpenCaseHandler implements ICommandHandler<OpenCase> {
  constructor(private readonly aggregates: Aggregates) {}

  async execute({ concern, call }: OpenCase): Promise<void> {
    const { concernId, clientId, officerId } = concern;
    const caseId = derivedId('case', concernId);
    await this.aggregates.change(
      caseAggregate,
      caseId,
      { type: 'OpenCase', caseId, concernId, clientId, officerId },
      call,
    );
  }
}
