import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Aggregates, type Call, type Doors, messageCall } from '@waymark/service-kit';
import { liveStatuses } from '../domain/referral.decider.js';
import { referralAggregate } from '../referral.aggregate.js';

export class SuspendReferral extends Command<void> {
  constructor(
    readonly referralId: string,
    readonly consentId: string,
    readonly withdrawnAt: Date,
    readonly call: Call,
  ) {
    super();
  }
}

@CommandHandler(SuspendReferral)
export class SuspendReferralHandler implements ICommandHandler<SuspendReferral> {
  constructor(private readonly aggregates: Aggregates) {}

  async execute({ referralId, consentId, withdrawnAt, call }: SuspendReferral): Promise<void> {
    await this.aggregates.change(
      referralAggregate,
      referralId,
      { type: 'SuspendReferral', consentId, withdrawnAt: withdrawnAt.toISOString() },
      call,
    );
  }
}

interface DueRow {
  readonly referral_id: string;
  readonly consent_id: string;
  readonly withdrawn_at: Date;
  readonly message_id: string;
  readonly correlation_id: string;
}

/**
 * Suspends what is live under a withdrawn consent. A clock, not a reaction to the message: at the message's moment a referral may be
 * on its way, authorised before the withdrawal but not in the view yet; here it is found as soon as it is. No opening depends on it,
 * each asks the consent service itself. The command derives from the message, so a second round changes nothing.
 */
export async function runSuspensions({ commands, dataSource }: Doors): Promise<void> {
  const rows = await dataSource.query<DueRow[]>(
    `SELECT referral_id, consent_id, withdrawn_at, message_id, correlation_id
     FROM referrals JOIN withdrawn_consents USING (consent_id)
     WHERE status = ANY($1) ORDER BY withdrawn_at, referral_id`,
    [liveStatuses],
  );
  const failures: unknown[] = [];
  for (const { referral_id, consent_id, withdrawn_at, message_id, correlation_id } of rows) {
    const call = messageCall('referral', { id: message_id, correlationid: correlation_id });
    await commands
      .execute(new SuspendReferral(referral_id, consent_id, withdrawn_at, call))
      .catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} referrals could not be suspended`);
}
