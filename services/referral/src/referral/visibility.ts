import { type ActionOn, decide, type Principal, type Resource, staffRefs, unitRef } from '@waymark/access';
import { groundOf, notFound } from '@waymark/service-kit';
import type { Referral, ReferralState, Sending } from './domain/referral.state.js';
import type { CaseTeams } from './projections/case-teams/case-teams.js';

type ReferralAction = ActionOn<'Referral'>;
/** What a unit does with a referral that was sent to it. */
export type UnitAction = Exclude<ReferralAction, 'ReadReferral' | 'SendReferral' | TeamAction>;
/** What the team of its case does with a referral, sent or not. */
export type TeamAction = Extract<ReferralAction, 'RevokeReferral' | 'RecordClientDecline'>;

/** A referral as the policies see it; with the team of its case where it was looked up. */
export const referralResource = (
  { referralId, unit, sending }: Referral,
  team?: readonly string[],
): Resource<'Referral'> => ({
  type: 'Referral',
  id: referralId,
  attributes: { unit: unitRef(unit), sent: sending !== undefined, ...(team ? { team: staffRefs(team) } : {}) },
});

/** The referral, for whoever may do this with it, and what let them; for all others it does not exist. */
export async function allowedReferral(
  principal: Principal,
  action: ReferralAction,
  state: ReferralState,
  teams: CaseTeams,
): Promise<{ readonly referral: Referral; readonly ground: string }> {
  if (state.status === 'none') throw notFound();
  const found = await teams.find(state.caseId);
  return { referral: state, ground: groundOf(decide(principal, action, referralResource(state, found?.team))) };
}

/** The referral, for the focal point of the unit that it was sent to; for all others it does not exist. */
export function visibleToUnit(
  principal: Principal,
  action: UnitAction,
  state: ReferralState,
): { readonly referral: Referral; readonly sending: Sending } {
  if (state.status === 'none' || !state.sending) throw notFound();
  groundOf(decide(principal, action, referralResource(state)));
  return { referral: state, sending: state.sending };
}
