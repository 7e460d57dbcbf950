import { foldedRows, oneRow, type OpenedEvent, type Projection } from '@waymark/projections';
import { processAggregate } from './process-declaration.js';
import { ProcessEntry, type StepEntry } from './process-entry.entity.js';
import type { ProcessEvent } from './process.events.js';

/** The processes of a service for its operators, with all their steps and what each waits for. */
export function processesProjection(service: string): Projection {
  const { category } = processAggregate(service);
  const idOf = ({ stream }: OpenedEvent): string => stream.slice(category.length + 1);
  return foldedRows({
    name: `${service}-processes`,
    version: 1,
    categories: [category],
    tables: `
      CREATE TABLE processes (
        process_id uuid PRIMARY KEY,
        process text NOT NULL,
        version integer NOT NULL,
        about uuid NOT NULL,
        since timestamptz NOT NULL,
        step text NOT NULL,
        due_at timestamptz,
        completed_at timestamptz,
        steps jsonb NOT NULL
      );
      CREATE INDEX processes_open ON processes (since) WHERE completed_at IS NULL;`,
    entity: ProcessEntry,
    of: 'processId',
    idOf,
    fold: oneRow((entry, recorded) => {
      const { type, data } = recorded;
      const event = { type, data } as ProcessEvent;
      const at = recorded.metadata.occurredAt;
      if (event.type === 'ProcessStarted') return started(idOf(recorded), event.data, at);
      return entry && after(entry, event, at);
    }),
  });
}

function started(
  processId: string,
  { process, processVersion: version, about, since, steps, dueAt }: Data<'ProcessStarted'>,
  at: string,
): ProcessEntry {
  const step = steps[0]?.step ?? '';
  return {
    ...{ processId, process, version, about, step },
    since: new Date(since),
    dueAt: new Date(dueAt),
    completedAt: null,
    steps: [begun(step, at, dueAt)],
  };
}

const begun = (step: string, since: string, dueAt: string): StepEntry => ({
  ...{ step, since, dueAt, takenAt: [], awaits: [], answers: [] },
  ...{ overdueAt: null, doneAt: null },
});

function after(
  entry: ProcessEntry,
  event: Exclude<ProcessEvent, { type: 'ProcessStarted' }>,
  at: string,
): ProcessEntry {
  const changed = (step: string, change: (before: StepEntry) => Partial<StepEntry>): ProcessEntry => ({
    ...entry,
    steps: entry.steps.map((each) => (each.step === step ? { ...each, ...change(each) } : each)),
  });
  switch (event.type) {
    case 'ProcessStepTaken': {
      const { step, awaits } = event.data;
      return changed(step, ({ takenAt }) => ({ takenAt: [...takenAt, at], awaits }));
    }
    case 'ProcessStepAnswered': {
      const { step, awaited, answer } = event.data;
      return changed(step, ({ answers }) => ({ answers: [...answers, { awaited, answer, at }] }));
    }
    case 'ProcessStepOverdue':
      return changed(event.data.step, () => ({ overdueAt: at }));
    case 'ProcessStepDone': {
      const { step, next } = event.data;
      const done = changed(step, () => ({ doneAt: at }));
      if (!next) return done;
      const { step: name, dueAt } = next;
      return { ...done, step: name, dueAt: new Date(dueAt), steps: [...done.steps, begun(name, at, dueAt)] };
    }
    case 'ProcessCompleted':
      return { ...entry, dueAt: null, completedAt: new Date(at) };
  }
}

type Data<Type extends ProcessEvent['type']> = Extract<ProcessEvent, { type: Type }>['data'];
