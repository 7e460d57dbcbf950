import { columns } from '../../terminal.js';
import type { ProcessRow } from './find.js';

/** A process as an operator is told of it. */
export function told(service: string, row: ProcessRow, now: Date) {
  const current = row.steps.at(-1);
  const answered = new Set(current?.answers.map(({ awaited }) => awaited));
  const isOverdue = (current?.overdueAt ?? null) !== null || (row.due_at !== null && row.due_at <= now);
  const open = isOverdue ? 'overdue' : 'open';
  return {
    processId: row.process_id,
    service,
    process: row.process,
    version: row.version,
    about: row.about,
    state: row.completed_at ? 'completed' : open,
    step: row.step,
    tries: current?.takenAt.length ?? 0,
    failures: row.failures ?? 0,
    tryAt: row.try_at?.toISOString() ?? null,
    lastError: row.last_error,
    failedAt: row.failed_at?.toISOString() ?? null,
    missing: current?.awaits.filter((id) => !answered.has(id)) ?? [],
    since: row.since.toISOString(),
    dueAt: row.due_at?.toISOString() ?? null,
    completedAt: row.completed_at?.toISOString() ?? null,
  };
}

export type ToldProcess = ReturnType<typeof told>;

export function listText(processes: readonly ToldProcess[]): string {
  if (processes.length === 0) return 'No processes\n';
  const rows = processes.map(({ processId, service, process, state, step, missing, tries, failures, since, dueAt }) => [
    ...[
      processId,
      service,
      process,
      state,
      step,
      String(missing.length),
      String(tries),
      String(failures),
      since,
      dueAt ?? '-',
    ],
  ]);
  const names = ['id', 'service', 'process', 'state', 'step', 'missing', 'tries', 'failed', 'since', 'deadline'];
  const failed = processes.flatMap(({ processId, lastError }) =>
    lastError === null ? [] : [`${processId} fails with ${lastError}\n`],
  );
  return columns([names, ...rows]) + failed.join('');
}

export function processText(process: ToldProcess, steps: ProcessRow['steps']): string {
  const rows = [
    ['id', process.processId],
    ['service', process.service],
    ['process', `${process.process}, version ${process.version}`],
    ['about', process.about],
    ['state', process.completedAt === null ? process.state : `completed ${process.completedAt}`],
    ['since', process.since],
    ...(process.failures === 0 ? [] : [['failed', failureText(process)]]),
  ];
  return lines(rows) + steps.map(stepText).join('');
}

/** Class and code of the error: what it says may quote what was opened, and stays in the log of the service. */
function failureText({ failures, tryAt, lastError, failedAt }: ToldProcess): string {
  const last = lastError === null ? '' : `, at ${failedAt} with ${lastError}`;
  return `${failures} times in a row${last}; tried again at ${tryAt}. More is in the log of the service`;
}

function stepText({ step, since, dueAt, takenAt, awaits, answers, overdueAt, doneAt }: ProcessRow['steps'][number]) {
  const waiting = awaits.filter((id) => !answers.some(({ awaited }) => awaited === id));
  const rows = [
    ['begun', since],
    ['deadline', dueAt],
    ...takenAt.map((at) => ['taken', at]),
    ...answers.map(({ awaited, answer, at }) => ['answered', `${at} ${awaited}: ${answer}`]),
    ...(overdueAt === null ? [] : [['overdue', overdueAt]]),
    ...waiting.map((id) => ['waits for', id]),
    ...(doneAt === null ? [] : [['done', doneAt]]),
  ];
  return `\n  ${step}\n${lines(rows, '    ')}`;
}

const lines = (rows: readonly (readonly string[])[], indent = '  '): string =>
  rows.map(([name = '', value = '']) => `${indent}${name.padEnd(10)}  ${value}\n`).join('');
