import { derivedId } from '@waymark/messaging';
import { clockCall } from '../call.js';
import type { DueWork } from '../due-work.js';
import type { Log } from '../log.js';
import type { ProcessWork } from './process-bell.entity.js';
import { planOf, processAggregate } from './process-declaration.js';
import { openProcess, type ProcessLead, takeStep } from './take-step.js';

interface BellRow {
  readonly process_id: string;
  readonly work: ProcessWork;
  readonly step: string;
  readonly attempt: number;
  readonly due_at: Date;
  readonly process: string | null;
  readonly about: string | null;
  readonly stream: string | null;
}

/** Leads the processes of a service: starts them, takes their steps, and raises the alarm for what is overdue. */
export const processWork = (lead: ProcessLead, log: Log): DueWork<BellRow> => ({
  name: 'process-clocks',
  table: 'process_clocks',
  key: ['process_id', 'work', 'step', 'attempt'],
  perform: async (row) => {
    switch (row.work) {
      case 'start':
        return start(lead, row);
      case 'take':
        return take(lead, row);
      case 'overdue':
        return raiseAlarm(lead, row, log);
    }
  },
});

async function start(
  { service, declarations, aggregates }: ProcessLead,
  { process_id: id, process, about, stream, due_at }: BellRow,
): Promise<void> {
  const declaration = declarations.find(({ name }) => name === process);
  if (!declaration || about === null || stream === null) throw new Error(`nobody knows how to start ${process}`);
  const call = clockCall(service, derivedId('process start', id));
  const plan = planOf(declaration, about, stream);
  await aggregates.change(
    processAggregate(service),
    id,
    { type: 'StartProcess', plan, since: due_at.toISOString() },
    call,
  );
}

async function take(lead: ProcessLead, { process_id: id, step, attempt }: BellRow): Promise<void> {
  const process = await openProcess(lead, id);
  if (process?.current.step !== step || process.current.attempts >= attempt) return;
  await takeStep(lead, id, process, attempt);
}

async function raiseAlarm(
  { service, aggregates }: ProcessLead,
  { process_id: processId, step }: BellRow,
  log: Log,
): Promise<void> {
  const { events, state } = await aggregates.change(
    processAggregate(service),
    processId,
    { type: 'NoteStepOverdue', step },
    clockCall(service, derivedId('process overdue', processId, step)),
  );
  const [event] = events;
  if (event?.type === 'ProcessStepOverdue' && state.status !== 'none')
    log.error({ process: state.process, processId, ...event.data }, 'process overdue');
}
