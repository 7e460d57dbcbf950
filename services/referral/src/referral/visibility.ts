import type { Principal, StaffPrincipal } from '@waymark/access';
import { notFound } from '@waymark/service-kit';
import type { Referral, ReferralState, Sending } from './domain/referral.state.js';
import type { CaseTeams } from './projections/case-teams/case-teams.js';

export const isFocalPoint = (principal: StaffPrincipal): boolean => principal.roles.includes('unit_focal_point');

/** The referral, for the team of its case; for all others it does not exist. */
export async function visibleToTeam(principal: Principal, state: ReferralState, teams: CaseTeams): Promise<Referral> {
  if (state.status === 'none') throw notFound();
  await teams.mustInclude(principal, state.caseId);
  return state;
}

/** The referral, for the focal point of the unit that it was sent to; for all others it does not exist. */
export function visibleToUnit(
  principal: Principal,
  state: ReferralState,
): { readonly referral: Referral; readonly sending: Sending } {
  if (state.status === 'none' || principal.kind !== 'staff' || !isFocalPoint(principal)) throw notFound();
  if (!state.sending || principal.unit !== state.unit) throw notFound();
  return { referral: state, sending: state.sending };
}
