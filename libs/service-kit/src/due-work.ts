import type { DataSource, EntityManager } from 'typeorm';
import { isTemporary } from '@waymark/messaging';
import type { Clock } from './clock.js';
import { forgetFailure, noteFailure, rowOf } from './failed-work.js';
import type { Log } from './log.js';

/** Work that a table holds until it falls due, a row each. The table has the columns of `dueWorkColumns` and one named `due_at`. */
export interface DueWork<Row extends object = object> {
  /** In log lines and metrics. */
  readonly name: string;
  readonly table: string;
  /** Columns of the primary key: ids and codes only, because a failure is logged with them. */
  readonly key: readonly string[];
  /** Rows that are equal in this column are performed one after the other, the earliest first. */
  readonly inOrderOf?: string;
  /** May be called again for a row that was performed before: after a crash, or when its deletion was lost. */
  perform(row: Row): Promise<unknown>;
}

/** To be run by a migration: how often a row has failed, and when it is tried again. */
export const dueWorkColumns = (table: string): string =>
  `ALTER TABLE ${table} ADD COLUMN failures integer NOT NULL DEFAULT 0, ADD COLUMN try_at timestamptz`;

export interface DueWorkRun {
  readonly dataSource: DataSource;
  readonly clock: Clock;
  readonly log: Log;
  readonly onFailure: () => void;
  /** When it aborts, the run ends after the row that is under way. */
  readonly signal: AbortSignal;
}

const second = 1000;
const longestPause = 300 * second;

/** One second after the first failure, twice as long after each further one, five minutes at most. */
const pauseAfter = (failures: number): number => Math.min(longestPause, second * 2 ** Math.min(failures - 1, 20));

/**
 * Performs what is due, the earliest first, each row in a transaction of its own that deletes it. Several instances share the work:
 * a row is taken by one of them. A row that fails holds up nobody but those behind it in its own order: it stays, is logged with its
 * key, noted (`failed_work`), and tried again after a pause. When something cannot be reached, such as the log or the key service, that is no row's fault:
 * the run ends with the error, and the rows keep their times and their order. A stream of the log that is damaged is its row's own.
 */
export async function runDueWork(work: DueWork, run: DueWorkRun): Promise<void> {
  for (let taken = true; taken && !run.signal.aborted;)
    taken = await run.dataSource.transaction((manager) => performNext(work, run, manager));
}

interface Kept {
  readonly failures: number;
}

async function performNext(work: DueWork, { clock, log, onFailure }: DueWorkRun, manager: EntityManager) {
  const now = clock.now();
  const [row] = await manager.query<(Kept & Readonly<Record<string, unknown>>)[]>(nextOf(work), [now]);
  if (!row) return false;
  const key = Object.fromEntries(work.key.map((column) => [column, row[column]]));
  const where = work.key.map((column, index) => `${column} = $${index + 1}`).join(' AND ');
  try {
    await work.perform(row);
  } catch (error) {
    if (isTemporary(error)) throw error;
    const failures = row.failures + 1;
    const tryAt = new Date(Date.parse(now) + pauseAfter(failures)).toISOString();
    log.error({ work: work.name, ...key, failures, tryAt, err: error }, 'due work failed, to be tried again');
    onFailure();
    const [failed, next] = [work.key.length + 1, work.key.length + 2];
    await manager.query(`UPDATE ${work.table} SET failures = $${failed}, try_at = $${next} WHERE ${where}`, [
      ...Object.values(key),
      failures,
      tryAt,
    ]);
    await noteFailure(manager, rowOf(work.table, Object.values(key)), { error, at: now });
    return true;
  }
  await manager.query(`DELETE FROM ${work.table} WHERE ${where}`, Object.values(key));
  if (row.failures > 0) await forgetFailure(manager, rowOf(work.table, Object.values(key)));
  return true;
}

function nextOf({ table, key, inOrderOf }: DueWork): string {
  const first =
    inOrderOf === undefined
      ? ''
      : `AND NOT EXISTS (SELECT 1 FROM ${table} AS before
           WHERE before.${inOrderOf} = due.${inOrderOf} AND before.due_at < due.due_at)`;
  return `SELECT * FROM ${table} AS due WHERE due_at <= $1 AND (try_at IS NULL OR try_at <= $1) ${first}
    ORDER BY due_at, ${key.join(', ')} LIMIT 1 FOR UPDATE SKIP LOCKED`;
}

const overdueAfter = 60 * second;

/** How many rows have failed and still wait, or are overdue by more than a minute: an instance that is frozen has them, or all are slow. */
export async function countStuck({ table }: DueWork, dataSource: DataSource, now: string): Promise<number> {
  const rows = await dataSource.query<{ stuck: number }[]>(
    `SELECT count(*)::int AS stuck FROM ${table} WHERE failures > 0 OR due_at < $1`,
    [new Date(Date.parse(now) - overdueAfter).toISOString()],
  );
  return rows[0]?.stuck ?? 0;
}
