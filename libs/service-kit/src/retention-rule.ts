import { EnvError, makeValidator } from 'envalid';
import type { Instant } from '@waymark/event-sourcing';
import { EventStoreError } from '@waymark/event-store';
import { isTemporary } from '@waymark/messaging';
import { Problem } from './problem.js';

const months = makeValidator<number>((value) => {
  const count = Number(value);
  // Less than one would be everybody, at once.
  if (!Number.isInteger(count) || count < 1) throw new EnvError('must be a whole number of months, 1 or more');
  return count;
});

/** The setting of a service that asks for erasures by itself. */
export const retentionVariables = {
  RETENTION_MONTHS: months({
    default: undefined,
    desc: 'so many months after all is over the erasure of the people concerned is asked for; never when left out',
  }),
};

/** How long what people told is kept, until somebody is asked to have it erased. */
export class RetentionRule {
  constructor(private readonly months: number | undefined) {}

  /** What was over before this moment has been kept for long enough; undefined: nothing ever has. */
  keptSince(now: Instant): Date | undefined {
    if (this.months === undefined) return undefined;
    const since = new Date(now);
    since.setUTCMonth(since.getUTCMonth() - this.months);
    return since;
  }
}

const atOnce = 100;
const first = '00000000-0000-0000-0000-000000000000';

/**
 * What is due by views that show all that has happened, in the order of its ids: a page is read when all of the one before has been
 * dealt with. Where nothing is due the views are not waited for (`caughtUp`). `pageAfter` reads `limit` rows at most.
 */
export async function* dueInPages<Row>(
  caughtUp: () => Promise<void>,
  pageAfter: (id: string, limit: number) => Promise<readonly Row[]>,
  idOf: (row: Row) => string,
): AsyncGenerator<Row, void, undefined> {
  if ((await pageAfter(first, 1)).length === 0) return;
  await caughtUp();
  for (let after = first; ;) {
    const page = await pageAfter(after, atOnce);
    yield* page;
    const last = page.at(-1);
    if (last === undefined) return;
    after = idOf(last);
  }
}

/**
 * Does the work for each that is due. One that fails holds up nobody behind it: the first failure is thrown at the end, and the next run
 * meets it again. Where something cannot be reached, nothing more is tried. Whoever has done something since they were found due is not:
 * the work takes the revision at which they were as its `ifMatch`.
 */
export async function forEachDue<Row>(due: AsyncIterable<Row>, work: (row: Row) => Promise<unknown>): Promise<void> {
  const failures: unknown[] = [];
  for await (const row of due) {
    try {
      await work(row);
    } catch (error) {
      if (isTemporary(error)) throw error;
      if (!isOvertaken(error)) failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

const isOvertaken = (error: unknown): boolean =>
  (error instanceof Problem && error.code === 'revision_mismatch') ||
  (error instanceof EventStoreError && error.code === 'wrong_expected_revision');
