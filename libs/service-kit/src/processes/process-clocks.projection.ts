import { foldedRows, type OpenedEvent, type Projection } from '@waymark/projections';
import { dueWorkColumns } from '../due-work.js';
import { ProcessBell } from './process-bell.entity.js';
import {
  type DeclaredProcesses,
  processAggregate,
  type ProcessDeclaration,
  processIdOf,
} from './process-declaration.js';
import { type ProcessEvent, processEvents } from './process.events.js';

/** What falls due for each open process. Sends nothing itself: a rebuild rings no bell, and what is completed has none left. */
export function processClocksProjection(service: string, { version, declared }: DeclaredProcesses): Projection {
  const { category } = processAggregate(service);
  const startedBy = (event: OpenedEvent): ProcessDeclaration | undefined =>
    declared.find(({ startedBy: by }) => by.category === event.category && by.types.includes(event.type));
  return foldedRows({
    name: `${service}-process-clocks`,
    version,
    categories: [category, ...new Set(declared.map(({ startedBy: by }) => by.category))],
    folds: [...Object.keys(processEvents), ...new Set(declared.flatMap(({ startedBy: by }) => by.types))],
    tables: `
      CREATE TABLE process_clocks (
        process_id uuid NOT NULL,
        work text NOT NULL,
        step text NOT NULL,
        attempt integer NOT NULL,
        due_at timestamptz NOT NULL,
        process text,
        about uuid,
        stream text,
        PRIMARY KEY (process_id, work, step, attempt)
      );
      CREATE INDEX process_clocks_due ON process_clocks (due_at);
      ${dueWorkColumns('process_clocks')};`,
    notFolded: ['failures', 'try_at'],
    entity: ProcessBell,
    of: 'processId',
    idOf: (event) => {
      if (event.category === category) return event.stream.slice(category.length + 1);
      const declaration = startedBy(event);
      return declaration && processIdOf(declaration, declaration.startedBy.about(event));
    },
    fold: (bells, event) => {
      if (event.category === category) return afterEvent(bells, event, event.stream.slice(category.length + 1));
      const declaration = startedBy(event);
      return declaration ? [...bells.filter(({ work }) => work !== 'start'), toStart(declaration, event)] : bells;
    },
  });
}

function toStart(declaration: ProcessDeclaration, event: OpenedEvent): ProcessBell {
  const about = declaration.startedBy.about(event);
  return {
    ...bell(processIdOf(declaration, about), 'start', '', 0, event.metadata.occurredAt),
    process: declaration.name,
    about,
    stream: event.stream,
  };
}

const bell = (processId: string, work: ProcessBell['work'], step: string, attempt: number, dueAt: string) => ({
  ...{ processId, work, step, attempt, dueAt: new Date(dueAt) },
  ...{ process: null, about: null, stream: null },
});

/** A step that has begun is taken at once, and has its deadline. */
const begun = (processId: string, step: string, at: string, dueAt: string): readonly ProcessBell[] => [
  bell(processId, 'take', step, 1, at),
  bell(processId, 'overdue', step, 0, dueAt),
];

function afterEvent(bells: readonly ProcessBell[], recorded: OpenedEvent, id: string): readonly ProcessBell[] {
  const { type, data } = recorded;
  const event = { type, data } as ProcessEvent;
  const at = recorded.metadata.occurredAt;
  const without = (...works: readonly ProcessBell['work'][]) => bells.filter(({ work }) => !works.includes(work));
  switch (event.type) {
    case 'ProcessStarted':
      return begun(id, event.data.steps[0]?.step ?? '', at, event.data.dueAt);
    case 'ProcessStepTaken': {
      const { step, attempt, againAt } = event.data;
      return againAt === undefined
        ? without('take')
        : [...without('take'), bell(id, 'take', step, attempt + 1, againAt)];
    }
    case 'ProcessStepAnswered':
      return bells;
    case 'ProcessStepOverdue': {
      const waits = bells.find(({ work }) => work === 'take');
      return waits ? without('overdue') : [bell(id, 'take', event.data.step, event.data.attempts + 1, at)];
    }
    case 'ProcessStepDone': {
      const { next } = event.data;
      return next ? begun(id, next.step, at, next.dueAt) : [];
    }
    case 'ProcessCompleted':
      return [];
  }
}
