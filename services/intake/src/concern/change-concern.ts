import type { Principal } from '@waymark/access';
import { type Aggregates, type Call, type Done, done, notFound } from '@waymark/service-kit';
import { concernAggregate } from './concern.aggregate.js';
import type { Concern } from './domain/concern.state.js';
import type { ConcernCommand } from './domain/concern.commands.js';
import { ConcernChanged } from './features/concern-answers.js';
import { allowedConcern, type ConcernAction } from './visibility.js';

type OfficersCommand = Extract<ConcernCommand, { type: ConcernAction }>;

/** Runs an officer's command on a concern as the policies allow it; for those who may not know of it, it does not exist. */
export async function changeVisibleConcern(
  aggregates: Aggregates,
  concernId: string,
  caller: Principal,
  call: Call,
  command: OfficersCommand | ((concern: Concern) => OfficersCommand),
): Promise<Done<ConcernChanged>> {
  const { state } = await aggregates.load(concernAggregate, concernId);
  if (state.status === 'none') throw notFound();
  const decided = typeof command === 'function' ? command(state) : command;
  allowedConcern(caller, decided.type, state);
  const written = await aggregates.change(concernAggregate, concernId, decided, call);
  return done(written, ConcernChanged.of(written));
}
