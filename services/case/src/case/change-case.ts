import type { Principal } from '@waymark/access';
import type { Aggregates, Call, Written } from '@waymark/service-kit';
import { caseAggregate } from './case.aggregate.js';
import type { CaseCommand, UnaskedCommand } from './domain/case.commands.js';
import type { CaseEvent } from './domain/case.events.js';
import type { CaseState } from './domain/case.state.js';
import { allowedCase } from './visibility.js';

/** Runs a command on a case as the policies allow it; for those who may not know of the case, it does not exist. */
export async function changeVisibleCase(
  aggregates: Aggregates,
  caseId: string,
  caller: Principal,
  call: Call,
  command: Exclude<CaseCommand, UnaskedCommand>,
): Promise<Written<CaseState, CaseEvent>> {
  const { state } = await aggregates.load(caseAggregate, caseId);
  allowedCase(caller, command.type, state, aggregates.now());
  return aggregates.change(caseAggregate, caseId, command, call);
}
