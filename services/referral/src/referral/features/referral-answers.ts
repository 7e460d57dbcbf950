import { ApiProperty } from '@nestjs/swagger';
import { referralStatuses, type ReferralStatus } from '@waymark/contracts';
import type { Written } from '@waymark/service-kit';
import type { ReferralEvent } from '../domain/referral.events.js';
import type { ReferralState } from '../domain/referral.state.js';

/** What a command on a referral answers. */
export class ReferralChanged {
  @ApiProperty({ format: 'uuid' }) referralId: string;
  @ApiProperty({ enum: referralStatuses }) status: ReferralStatus;
  @ApiProperty({ type: [String], description: 'What this command added to the log.' }) events: string[];

  static of({ id, state, events }: Written<ReferralState, ReferralEvent>): ReferralChanged {
    const status = state.status === 'none' ? 'drafted' : state.status;
    return { referralId: id, status, events: events.map(({ type }) => type) };
  }
}
