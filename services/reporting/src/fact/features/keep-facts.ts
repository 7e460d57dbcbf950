import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Aggregates, type Call } from '@waymark/service-kit';
import type { CaseFactEvent } from '../domain/case-fact.js';
import type { ReferralFactEvent } from '../domain/referral-fact.js';
import type { ResponseFactEvent } from '../domain/response-fact.js';
import { caseFacts, referralFacts, responseFacts } from '../fact.aggregate.js';

/** Keeps what a message told as a fact of our own, so that every table can be rebuilt without asking anybody. */
export class KeepFact extends Command<void> {
  constructor(
    readonly fact: ResponseFactEvent | ReferralFactEvent | CaseFactEvent,
    readonly call: Call,
  ) {
    super();
  }
}

@CommandHandler(KeepFact)
export class KeepFactHandler implements ICommandHandler<KeepFact> {
  constructor(private readonly aggregates: Aggregates) {}

  async execute({ fact, call }: KeepFact): Promise<void> {
    const { factId } = fact.data;
    switch (fact.type) {
      case 'ResponseAwaited':
      case 'ResponseCounted':
        await this.aggregates.change(responseFacts, factId, { type: 'KeepFact', fact }, call);
        return;
      case 'ReferralCounted':
      case 'ReferralResultCounted':
        await this.aggregates.change(referralFacts, factId, { type: 'KeepFact', fact }, call);
        return;
      case 'CaseStageCounted':
        await this.aggregates.change(caseFacts, factId, { type: 'KeepFact', fact }, call);
    }
  }
}
