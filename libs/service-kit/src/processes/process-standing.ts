import type { DataSource } from 'typeorm';
import type { ProcessDeclaration } from './process-declaration.js';

/** How many processes are at a step, and how many of them beyond its deadline. */
export interface StepStanding {
  readonly process: string;
  readonly step: string;
  readonly open: number;
  readonly overdue: number;
}

/** By step, those where none is among them. By the deadline itself, so that an alarm does not hang on the clock that notes it. */
export async function processStanding(
  declarations: readonly ProcessDeclaration[],
  dataSource: DataSource,
  now: string,
): Promise<readonly StepStanding[]> {
  const rows = await dataSource.query<StepStanding[]>(
    `SELECT process, step, count(*)::int AS open, count(*) FILTER (WHERE due_at <= $1)::int AS overdue
     FROM processes WHERE completed_at IS NULL GROUP BY process, step ORDER BY process, step`,
    [now],
  );
  const none = declarations.flatMap(({ name: process, steps }) =>
    steps
      .filter(({ name }) => !rows.some((row) => row.process === process && row.step === name))
      .map(({ name: step }) => ({ process, step, open: 0, overdue: 0 })),
  );
  return [...rows, ...none];
}

/** What is overdue, in words for readiness; undefined when nothing is. The service is fit for work all the same. */
export function overdueNote(standing: readonly StepStanding[]): string | undefined {
  const notes = standing
    .filter(({ overdue }) => overdue > 0)
    .map(({ process, step, overdue }) => `${overdue} of ${process} overdue at ${step}`);
  return notes.length > 0 ? notes.join(', ') : undefined;
}
