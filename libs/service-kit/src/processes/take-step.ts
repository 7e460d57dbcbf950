import { derivedId } from '@waymark/messaging';
import type { Call } from '../aggregate.js';
import type { Aggregates } from '../aggregates.js';
import { clockCall } from '../call.js';
import type { Doors } from '../doors.js';
import { processAggregate, type ProcessDeclaration } from './process-declaration.js';
import type { OpenProcess } from './process.state.js';

/** What leads the processes of a service. */
export interface ProcessLead {
  readonly service: string;
  readonly declarations: readonly ProcessDeclaration[];
  readonly aggregates: Aggregates;
  readonly doors: Doors;
}

/** The process, unless it is completed or there is none. */
export async function openProcess({ service, aggregates }: ProcessLead, id: string): Promise<OpenProcess | undefined> {
  const { state } = await aggregates.load(processAggregate(service), id);
  return state.status === 'open' ? state : undefined;
}

/**
 * Takes the step that a process is at, then notes that it did. Whoever dies in between leaves it to be done again: the same attempt
 * sends the same commands, and they change nothing the second time. `noted` says who and why, for the note.
 */
export async function takeStep(
  lead: ProcessLead,
  id: string,
  { process, about, stream, answers, current: { step } }: OpenProcess,
  attempt: number,
  noted?: Call,
): Promise<void> {
  const { service, declarations, aggregates, doors } = lead;
  const declared = declarations.find(({ name }) => name === process)?.steps.find(({ name }) => name === step);
  if (!declared) throw new Error(`this release does not know the step ${step} of ${process}`);
  const call = clockCall(service, derivedId('process step', id, step, String(attempt)));
  const awaits = await declared.take({ about, stream, attempt, answers, doors, call });
  await aggregates.change(
    processAggregate(service),
    id,
    { type: 'NoteStepTaken', step, attempt, awaits },
    noted ?? call,
  );
}
