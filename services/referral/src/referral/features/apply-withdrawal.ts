import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Aggregates, type Call } from '@waymark/service-kit';
import { referralAggregate } from '../referral.aggregate.js';

/**
 * Applies the withdrawal of a consent to a referral whose sending was authorised under it: on the referral's own stream, so that it
 * comes before or after the sending, and holds either way. No opening depends on it, each asks the consent service itself.
 */
export class ApplyWithdrawal extends Command<void> {
  constructor(
    readonly referralId: string,
    readonly consentId: string,
    readonly withdrawnAt: string,
    readonly call: Call,
  ) {
    super();
  }
}

@CommandHandler(ApplyWithdrawal)
export class ApplyWithdrawalHandler implements ICommandHandler<ApplyWithdrawal> {
  constructor(private readonly aggregates: Aggregates) {}

  async execute({ referralId, consentId, withdrawnAt, call }: ApplyWithdrawal): Promise<void> {
    await this.aggregates.change(
      referralAggregate,
      referralId,
      { type: 'ApplyWithdrawal', consentId, withdrawnAt },
      call,
    );
  }
}
