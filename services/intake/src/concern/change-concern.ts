import type { Principal } from '@waymark/access';
import { type Aggregates, type Call, type Done, done } from '@waymark/service-kit';
import { concernAggregate } from './concern.aggregate.js';
import type { ConcernCommand } from './domain/concern.commands.js';
import { ConcernChanged } from './features/concern-answers.js';
import { allowedConcern, type ConcernAction } from './visibility.js';

/** Runs an officer's command on a concern as the policies allow it; for those who may not know of it, it does not exist. */
export async function changeVisibleConcern(
  aggregates: Aggregates,
  concernId: string,
  caller: Principal,
  call: Call,
  command: Extract<ConcernCommand, { type: ConcernAction }>,
): Promise<Done<ConcernChanged>> {
  const { state } = await aggregates.load(concernAggregate, concernId);
  allowedConcern(caller, command.type, state);
  const written = await aggregates.change(concernAggregate, concernId, command, call);
  return done(written, ConcernChanged.of(written));
}
