import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { derivedId } from '@waymark/messaging';
import { Aggregates, type Call } from '@waymark/service-kit';
import type { AcceptedConcern } from './open-case.js';
import { caseAggregate } from '../case.aggregate.js';
import { ErasedClients } from '../erased-clients.js';

/** Answers intake, which has heard nothing of the case of an accepted concern: opens it if it is not open, and says so. */
export class ConfirmOpening extends Command<void> {
  constructor(
    readonly concern: AcceptedConcern,
    readonly call: Call,
  ) {
    super();
  }
}

@CommandHandler(ConfirmOpening)
export class ConfirmOpeningHandler implements ICommandHandler<ConfirmOpening> {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly erased: ErasedClients,
  ) {}

  async execute({ concern, call }: ConfirmOpening): Promise<void> {
    const caseId = derivedId('case', concern.concernId);
    const { revision } = await this.aggregates.load(caseAggregate, caseId);
    if (revision < 0 && (await this.erased.include(concern.clientId))) return;
    await this.aggregates.change(caseAggregate, caseId, { type: 'ConfirmOpening', caseId, ...concern }, call);
  }
}
