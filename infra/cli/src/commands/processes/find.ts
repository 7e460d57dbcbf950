import type { OpenedViews, StepEntry } from '@waymark/service-kit';
import { firstThatHas } from '../each-service.js';
import { listedId } from '../listed-id.js';
import type { Target } from '../target.js';
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
  /** How often what is due for it has failed in a row, and when it is tried again. */
  readonly failures: number | null;
  readonly try_at: Date | null;
  /** Class and code of the last failure, and when it was. */
  readonly last_error: string | null;
  readonly failed_at: Date | null;
}

/** What there is to read of a process. */
export const processRows = `SELECT processes.*, failed.* FROM processes LEFT JOIN LATERAL (
  SELECT failures, try_at, last.error AS last_error, last.failed_at FROM process_clocks AS bell
  LEFT JOIN failed_work AS last ON last.kind = 'process_clocks'
    AND last.what = concat_ws(' ', bell.process_id, bell.work, bell.step, bell.attempt)
  WHERE bell.process_id = processes.process_id AND failures > 0 ORDER BY failures DESC, try_at LIMIT 1) AS failed ON true`;

export const processId = listedId('a process');

/** The services that have processes. */
export const processTargets = async (options: TargetOptions): Promise<readonly Target[]> =>
  (await targetsOf(options)).filter(({ definition }) => definition.processes);

/** Works with the service that has this process; refuses when none has. */
export async function withProcess<Result>(
  id: string,
  options: TargetOptions,
  work: (service: string, row: ProcessRow, views: OpenedViews) => Promise<Result>,
): Promise<Result> {
  const missing = () => `there is no process ${id}`;
  const { target, row } = await firstThatHas(await processTargets(options), missing, (each) =>
    withViews(each, async ({ dataSource }) => {
      const [found] = await dataSource.query<ProcessRow[]>(`${processRows} WHERE process_id = $1`, [id]);
      return found && { target: each, row: found };
    }),
  );
  return withViews(target, (views) => work(target.definition.name, row, views));
}
