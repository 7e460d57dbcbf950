import { Injectable } from '@nestjs/common';
import { type ActionOn, decide, type Principal, purposeRef, type Resource, unitRef } from '@waymark/access';
import { Aggregates, type Call, type Done, done, groundOf, notFound } from '@waymark/service-kit';
import type { ReferralCommand } from './domain/referral.commands.js';
import type { Referral, ReferralState } from './domain/referral.state.js';
import { ReferralChanged } from './features/referral-answers.js';
import { CaseTeams, type CaseAttributes } from './projections/case-teams/case-teams.js';
import { referralAggregate } from './referral.aggregate.js';

type ReferralAction = ActionOn<'Referral'>;
/** What takes no more than the command itself, of the team of its case or of the unit that it was sent to. */
type PlainCommand = Exclude<
  Extract<ReferralCommand, { type: ReferralAction }>,
  { type: 'SendReferral' | 'OpenPackage' }
>;

/** A referral as the policies see it, with what they may ask about its case. */
export const referralResource = (
  { referralId, unit, purpose, sending }: Referral,
  ofCase: CaseAttributes,
): Resource<'Referral'> => ({
  type: 'Referral',
  id: referralId,
  attributes: { unit: unitRef(unit), purpose: purposeRef(purpose), sent: sending !== undefined, ...ofCase },
});

/** The one door to referrals for whoever asks over HTTP: as the policies allow it; for all others a referral does not exist. */
@Injectable()
export class VisibleReferrals {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly teams: CaseTeams,
  ) {}

  /** The referral, and what lets the caller do this with it. */
  async find(
    caller: Principal,
    action: ReferralAction,
    referralId: string,
  ): Promise<{ readonly referral: Referral; readonly ground: string; readonly revision: number }> {
    const { state, revision } = await this.aggregates.load(referralAggregate, referralId);
    return { ...(await this.allowed(caller, action, state)), revision };
  }

  /** The same of one whose history was read already. */
  async allowed(
    caller: Principal,
    action: ReferralAction,
    state: ReferralState,
  ): Promise<{ readonly referral: Referral; readonly ground: string }> {
    if (state.status === 'none') throw notFound();
    const resource = referralResource(state, await this.teams.attributesOf(state.caseId, caller));
    return { referral: state, ground: groundOf(decide(caller, action, resource)) };
  }

  async change(
    referralId: string,
    caller: Principal,
    call: Call,
    command: PlainCommand,
  ): Promise<Done<ReferralChanged>> {
    await this.find(caller, command.type, referralId);
    const written = await this.aggregates.change(referralAggregate, referralId, command, call);
    return done(written, ReferralChanged.of(written));
  }
}
