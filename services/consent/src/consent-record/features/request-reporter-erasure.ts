import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { WithdrawalWay } from '@waymark/contracts';
import { Aggregates, type Call } from '@waymark/service-kit';
import { consentRecordAggregate } from '../consent-record.aggregate.js';
import type { ReporterOf } from '../domain/erasure.events.js';

/** Somebody who reported and is not the client asks intake to be erased: from here on it goes as with a client. */
export class RequestReporterErasure extends Command<void> {
  constructor(
    readonly reporterId: string,
    readonly asked: { readonly way: WithdrawalWay; readonly requestedBy: string; readonly reporterOf: ReporterOf },
    readonly call: Call,
  ) {
    super();
  }
}

@CommandHandler(RequestReporterErasure)
export class RequestReporterErasureHandler implements ICommandHandler<RequestReporterErasure> {
  constructor(private readonly aggregates: Aggregates) {}

  async execute({ reporterId, asked, call }: RequestReporterErasure): Promise<void> {
    const command = { type: 'RequestReporterErasure', reporterId, ...asked } as const;
    await this.aggregates.change(consentRecordAggregate, reporterId, command, call);
  }
}
