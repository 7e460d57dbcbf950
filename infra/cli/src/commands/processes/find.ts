import { InvalidArgumentError } from 'commander';
import type { OpenedViews, StepEntry } from '@waymark/service-kit';
import { WrongUse } from '../../exit-codes.js';
import { type TargetOptions, targetsOf } from '../views/targets.js';
import { withViews } from '../views/with-view.js';

/** A process as its service's view has it. */
export interface ProcessRow {
  readonly process_id: string;
  readonly process: string;
  readonly version: number;
  readonly about: string;
  readonly since: Date;
  readonly step: string;
  readonly due_at: Date | null;
  readonly completed_at: Date | null;
  readonly steps: readonly StepEntry[];
}

export function processId(text: string): string {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text))
    throw new InvalidArgumentError('It must be the id of a process, as list prints it.');
  return text;
}

/** Works with each service that has processes; `work` is given its read models. */
export async function withProcesses(
  options: TargetOptions,
  work: (service: string, views: OpenedViews) => Promise<void>,
): Promise<void> {
  for (const target of await targetsOf(options)) {
    const { name, processes } = target.definition;
    if (processes && target.environment.DATABASE_URL) await withViews(target, (views) => work(name, views));
  }
}

/** Works with the service that has this process; refuses when none has. */
export async function withProcess<Result>(
  id: string,
  options: TargetOptions,
  work: (service: string, row: ProcessRow, views: OpenedViews) => Promise<Result>,
): Promise<Result> {
  const found: Result[] = [];
  await withProcesses(options, async (service, views) => {
    const [row] = await views.dataSource.query<ProcessRow[]>('SELECT * FROM processes WHERE process_id = $1', [id]);
    if (row) found.push(await work(service, row, views));
  });
  const [result] = found;
  if (result === undefined) throw new WrongUse(`there is no process ${id}`);
  return result;
}
