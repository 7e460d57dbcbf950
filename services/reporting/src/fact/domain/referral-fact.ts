import { code, id, month, referralResults, services, units } from '@waymark/contracts';
import { declareEvents, type EventOf } from '@waymark/event-sourcing';

/** A referral that was sent, and what became of it: the last that was told holds. */
export const referralFactEvents = declareEvents({
  ReferralCounted: {
    version: 1,
    data: { factId: id, month, unit: code(units), service: code(services) },
    sealed: {},
  },
  ReferralResultCounted: { version: 1, data: { factId: id, result: code(referralResults) }, sealed: {} },
});

export type ReferralFactEvent = EventOf<typeof referralFactEvents>;
