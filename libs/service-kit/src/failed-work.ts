import type { DataSource, EntityManager, MigrationInterface, QueryRunner } from 'typeorm';
import type { Clock } from './clock.js';
import type { Log } from './log.js';
import { runClock } from './run-clock.js';

/** Table of what cannot go on at the moment: the last failure of each row of due work, clock and view. Ids, codes and times only. */
export const failedWorkMigration = `
  CREATE TABLE failed_work (
    kind text NOT NULL,
    what text NOT NULL,
    error text NOT NULL,
    position bigint,
    tries integer NOT NULL DEFAULT 1,
    failed_at timestamptz NOT NULL,
    PRIMARY KEY (kind, what)
  )`;

/** Table of what cannot go on. */
export class TellWhatCannotGoOn1764421000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(failedWorkMigration);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE failed_work');
  }
}

/** What of the service it is: a row of a table of due work, whose name `kind` then is, by its key; a clock or a view by its name. */
export interface Work {
  readonly kind: string;
  readonly what: string;
}

/** How a row of due work is known here: its key, in the order of its columns. */
export const rowOf = (table: string, key: readonly unknown[]): Work => ({ kind: table, what: key.join(' ') });

/**
 * Class and code of an error and of what caused it. Never its text, which may quote what was opened.
 */
export function codesOf(error: unknown): string {
  const codes: string[] = [];
  for (let each = error; each instanceof Error && codes.length < 4; each = each.cause) {
    const code = 'code' in each && typeof each.code === 'string' && /^[\w.-]{1,60}$/.test(each.code) ? each.code : '';
    codes.push(code === '' ? each.name : `${each.name} ${code}`);
  }
  return codes.join(', because of ') || 'unknown';
}

/** Notes that work has failed, once more. */
export async function noteFailure(
  manager: Pick<EntityManager, 'query'>,
  { kind, what }: Work,
  failure: { readonly error: unknown; readonly at: string; readonly position?: bigint },
): Promise<void> {
  await manager.query(
    `INSERT INTO failed_work (kind, what, error, position, failed_at) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (kind, what) DO UPDATE SET error = excluded.error, position = excluded.position,
       failed_at = excluded.failed_at, tries = failed_work.tries + 1`,
    [kind, what, codesOf(failure.error), failure.position === undefined ? null : String(failure.position), failure.at],
  );
}

/** It goes on. */
export async function forgetFailure(manager: Pick<EntityManager, 'query'>, { kind, what }: Work): Promise<void> {
  await manager.query('DELETE FROM failed_work WHERE kind = $1 AND what = $2', [kind, what]);
}

/** Twice as long as the longest pause between two tries: whatever still fails has failed again by then. */
const keptForMs = 10 * 60_000;

interface Parts {
  readonly dataSource: DataSource;
  readonly clock: Clock;
  readonly log: Log;
  readonly closers: (() => Promise<unknown>)[];
}

/** Forgets, each minute, failures that have not come again: of rows that are gone, of instances that were ended. Ended by `closers`. */
export function forgetOldFailures({ dataSource, clock, log, closers }: Parts): void {
  const forget = async (): Promise<void> => {
    const before = new Date(Date.parse(clock.now()) - keptForMs).toISOString();
    await dataSource.query('DELETE FROM failed_work WHERE failed_at < $1', [before]);
  };
  const forgetting = runClock(forget, log, 60_000);
  closers.push(() => forgetting.stop());
}

/** The work of a clock, of which it is noted when it fails and when it goes on. */
export function noting<Input>(
  name: string,
  { dataSource, clock }: Pick<Parts, 'dataSource' | 'clock'>,
  work: (input: Input) => Promise<void>,
): (input: Input) => Promise<void> {
  const clockwork = { kind: 'clock', what: name };
  // It may have failed in an earlier life.
  let hasFailed = true;
  return async (input) => {
    try {
      await work(input);
    } catch (error) {
      hasFailed = true;
      // Where the database is away, nobody can be told.
      await noteFailure(dataSource, clockwork, { error, at: clock.now() }).catch(() => undefined);
      throw error;
    }
    if (hasFailed) await forgetFailure(dataSource, clockwork);
    hasFailed = false;
  };
}

/** What a follower of a view tells when it has stopped, and when it goes on. */
export const notingStops = (view: string, { dataSource, clock }: Pick<Parts, 'dataSource' | 'clock'>) => ({
  onStop: (error: unknown, position: bigint) =>
    noteFailure(dataSource, { kind: 'view', what: view }, { error, position, at: clock.now() }),
  onGoingOn: () => forgetFailure(dataSource, { kind: 'view', what: view }),
});
