import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Aggregates, type Call } from '@waymark/service-kit';
import { consentRecordAggregate } from '../consent-record.aggregate.js';

/** Intake tells that something has happened again in a concern of this person. */
export class ResumeRetention extends Command<void> {
  constructor(
    readonly personId: string,
    readonly call: Call,
  ) {
    super();
  }
}

@CommandHandler(ResumeRetention)
export class ResumeRetentionHandler implements ICommandHandler<ResumeRetention> {
  constructor(private readonly aggregates: Aggregates) {}

  async execute({ personId, call }: ResumeRetention): Promise<void> {
    await this.aggregates.change(consentRecordAggregate, personId, { type: 'ResumeRetention' }, call);
  }
}
