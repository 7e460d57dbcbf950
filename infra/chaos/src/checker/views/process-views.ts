import { aggregatesOf, isFields, object, text, type Fields, type LoggedEvent } from '../evidence.js';
import { millis, type Row, type View } from './view.js';

/** What operators see of the processes of a service. */
const processes = (service: string): View => ({
  service,
  table: 'processes',
  key: ['process_id'],
  fold: (log) => [...aggregatesOf(log, `${service}_process`)].map(([process, events]) => rowOf(process, events)),
});

function rowOf(process: string, events: readonly LoggedEvent[]): Row {
  const started = events[0]?.data;
  const completed = events.find(({ type }) => type === 'ProcessCompleted');
  const next = events
    .filter(({ type }) => type === 'ProcessStepDone')
    .map(({ data }) => object(data, 'next'))
    .findLast((step) => step !== undefined);
  return {
    process_id: process,
    process: text(started, 'process'),
    version: text(started, 'processVersion'),
    about: text(started, 'about'),
    since: millis(text(started, 'since')),
    step: next ? text(next, 'step') : firstStepOf(started),
    due_at: completed ? '' : millis(text(next ?? started, 'dueAt')),
    completed_at: millis(text(completed?.metadata, 'occurredAt')),
  };
}

function firstStepOf(started: Fields | undefined): string {
  const steps: unknown = started?.['steps'];
  const first: unknown = Array.isArray(steps) ? steps[0] : undefined;
  return isFields(first) ? text(first, 'step') : '';
}

/** When everything is at rest, all processes are completed and nothing is left to ring. */
const clocks = (service: string): View => ({
  ...{ service, table: 'process_clocks', key: ['process_id', 'work', 'step', 'attempt'] },
  fold: () => [],
});

export const processViews: readonly View[] = ['intake', 'consent'].flatMap((service) => [
  processes(service),
  clocks(service),
]);
