import type { Aggregate } from '@waymark/service-kit';
import type { ReferralCommand } from './domain/referral.commands.js';
import { referralDecider } from './domain/referral.decider.js';
import { type ReferralEvent, referralEvents } from './domain/referral.events.js';
import type { ReferralState } from './domain/referral.state.js';

export const referralAggregate: Aggregate<ReferralState, ReferralCommand, ReferralEvent> = {
  category: 'referral',
  events: referralEvents,
  decider: referralDecider,
  subjects: (state) => (state.status === 'none' ? {} : { client: state.clientId }),
};
