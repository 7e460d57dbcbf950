import type { Principal } from '@waymark/access';
import { type Aggregates, type Call, type Done, done } from '@waymark/service-kit';
import { concernAggregate } from './concern.aggregate.js';
import type { Concern } from './domain/concern.state.js';
import type { ConcernCommand } from './domain/concern.commands.js';
import { ConcernChanged } from './features/concern-answers.js';
import { allowedConcern, type ConcernAction } from './visibility.js';

type OfficersCommand = Extract<ConcernCommand, { type: ConcernAction }>;

/** Runs an officer's command on a concern as the policies allow it; for those who may not know of it, it does not exist. */
export const changeVisibleConcern = (
  aggregates: Aggregates,
  concernId: string,
  caller: Principal,
  call: Call,
  command: OfficersCommand,
): Promise<Done<ConcernChanged>> =>
  changeConcernAsSeen(aggregates, concernId, caller, call, command.type, () => command);

/** The same, for a command that says something of the concern as it is: made once the caller may run it. */
export async function changeConcernAsSeen<Action extends OfficersCommand['type']>(
  aggregates: Aggregates,
  concernId: string,
  caller: Principal,
  call: Call,
  action: Action,
  commandFor: (
    concern: Concern,
  ) => Extract<OfficersCommand, { type: Action }> | Promise<Extract<OfficersCommand, { type: Action }>>,
): Promise<Done<ConcernChanged>> {
  const { state } = await aggregates.load(concernAggregate, concernId);
  const { concern } = allowedConcern(caller, action, state);
  const written = await aggregates.change(concernAggregate, concernId, await commandFor(concern), call);
  return done(written, ConcernChanged.of(written));
}
