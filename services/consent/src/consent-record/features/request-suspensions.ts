import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Aggregates, type Call } from '@waymark/service-kit';
import { consentRecordAggregate } from '../consent-record.aggregate.js';
import { holderOf, linkedRecords } from '../linked-records.js';
import { referralsUnder } from '../domain/consent-record.state.js';

/** Which referrals a withdrawal has to be applied to; `again`: asks for those once more that were not heard of. */
export class RequestSuspensions extends Command<readonly string[]> {
  constructor(
    readonly clientId: string,
    readonly consentId: string,
    readonly again: false | { readonly heardOf: readonly string[] },
    readonly call: Call,
  ) {
    super();
  }
}

@CommandHandler(RequestSuspensions)
export class RequestSuspensionsHandler implements ICommandHandler<RequestSuspensions> {
  constructor(private readonly aggregates: Aggregates) {}

  async execute({ clientId, consentId, again, call }: RequestSuspensions): Promise<readonly string[]> {
    const { clientId: owner } = holderOf(await linkedRecords(this.aggregates, clientId), consentId);
    const { state } = again
      ? await this.aggregates.change(
          consentRecordAggregate,
          owner,
          { type: 'RequestSuspensions', consentId, heardOf: again.heardOf },
          call,
        )
      : await this.aggregates.load(consentRecordAggregate, owner);
    return referralsUnder(state, consentId);
  }
}
