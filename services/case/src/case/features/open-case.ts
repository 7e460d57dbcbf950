import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { derivedId } from '@waymark/messaging';
import { Aggregates, type Call } from '@waymark/service-kit';
import { caseAggregate } from '../case.aggregate.js';
import { ErasedClients } from '../erased-clients.js';

export interface AcceptedConcern {
  readonly concernId: string;
  readonly clientId: string;
  readonly officerId: string;
  /** Marks of whom its reporter shuts out. */
  readonly shutOut?: readonly string[];
}

/**
 * Opens the case of an accepted concern. Its id follows from the concern's alone, so that there is never a second one. None is opened for
 * a client who was erased before their acceptance was heard of: there is nobody whom it would be for.
 */
export class OpenCase extends Command<void> {
  constructor(
    readonly concern: AcceptedConcern,
    readonly call: Call,
  ) {
    super();
  }
}

@CommandHandler(OpenCase)
export class OpenCaseHandler implements ICommandHandler<OpenCase> {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly erased: ErasedClients,
  ) {}

  async execute({ concern, call }: OpenCase): Promise<void> {
    const { concernId, clientId, officerId, shutOut } = concern;
    const caseId = derivedId('case', concernId);
    if (await this.erased.include(clientId)) return;
    await this.aggregates.change(
      caseAggregate,
      caseId,
      { type: 'OpenCase', caseId, concernId, clientId, officerId, ...(shutOut ? { shutOut } : {}) },
      call,
    );
  }
}
