import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { derivedId } from '@waymark/messaging';
import { Aggregates, type Call } from '@waymark/service-kit';
import { caseAggregate } from '../case.aggregate.js';

/** The concern of a case was linked to a client who came before. */
export class LinkCase extends Command<void> {
  constructor(
    readonly link: { readonly concernId: string; readonly linkId: string; readonly earlierClientId: string },
    readonly call: Call,
  ) {
    super();
  }
}

@CommandHandler(LinkCase)
export class LinkCaseHandler implements ICommandHandler<LinkCase> {
  constructor(private readonly aggregates: Aggregates) {}

  async execute({ link: { concernId, linkId, earlierClientId }, call }: LinkCase): Promise<void> {
    const caseId = derivedId('case', concernId);
    await this.aggregates.change(caseAggregate, caseId, { type: 'LinkToClient', linkId, earlierClientId }, call);
  }
}
