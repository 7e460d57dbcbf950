import type { Principal } from '@waymark/access';
import { type Aggregates, type Call, type Done, done, Problem } from '@waymark/service-kit';
import type { ReferralCommand } from './domain/referral.commands.js';
import { ReferralChanged } from './features/referral-answers.js';
import { referralAggregate } from './referral.aggregate.js';
import type { CaseTeams } from './projections/case-teams/case-teams.js';
import { allowedReferral, type TeamAction, type UnitAction, visibleToUnit } from './visibility.js';

/** Runs a command of the unit's focal point on a referral that was sent to the unit; to all others it does not exist. */
export async function changeAsUnit(
  aggregates: Aggregates,
  referralId: string,
  caller: Principal,
  call: Call,
  command: Extract<ReferralCommand, { type: UnitAction }>,
): Promise<Done<ReferralChanged>> {
  const { state } = await aggregates.load(referralAggregate, referralId);
  visibleToUnit(caller, command.type, state);
  const written = await aggregates.change(referralAggregate, referralId, command, call);
  return done(written, ReferralChanged.of(written));
}

/** Runs a command of the team of the referral's case; to all others the referral does not exist. */
export async function changeAsTeam(
  aggregates: Aggregates,
  teams: CaseTeams,
  referralId: string,
  caller: Principal,
  call: Call,
  command: Extract<ReferralCommand, { type: TeamAction }>,
): Promise<Done<ReferralChanged>> {
  const { state } = await aggregates.load(referralAggregate, referralId);
  await allowedReferral(caller, command.type, state, teams);
  const written = await aggregates.change(referralAggregate, referralId, command, call);
  return done(written, ReferralChanged.of(written));
}

/** `If-Match`, looked at before consent is asked: the client's ledger shall not tell of what did not happen. */
export function mustMatch({ ifMatch }: Call, revision: number): void {
  if (ifMatch !== undefined && ifMatch !== revision)
    throw new Problem(412, 'revision_mismatch', 'This has changed since you read it. Read it again and repeat.');
}
