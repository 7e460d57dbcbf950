import type { EntityManager } from 'typeorm';
import type { DeadLetterReason } from './dead-letters.js';

/** What stands still at a consumer at this moment. */
export interface Standing {
  /** Open dead letters by reason. */
  readonly deadLetters: Readonly<Partial<Record<DeadLetterReason, number>>>;
  /** Keys that a dead letter holds up. */
  readonly keysHeldUp: number;
  /** Messages that wait for one missing before them, their time not being over. */
  readonly waiting: number;
  /** Age in seconds of the oldest open dead letter by this process's clock; 0 when there is none. */
  readonly oldestSeconds: number;
}

export async function standingOf(manager: EntityManager, consumer: string, now: string): Promise<Standing> {
  const reasons = await manager.query<{ reason: DeadLetterReason; letters: number; oldest: Date }[]>(
    `select reason, count(*)::int as letters, min(first_failed_at) as oldest from dead_letters
     where consumer = $1 and closed_at is null group by reason`,
    [consumer],
  );
  const [counts] = await manager.query<{ keys: number; waiting: number }[]>(
    `select (select count(*)::int from (select from dead_letters
         where consumer = $1 and closed_at is null and source is not null and reason <> 'out_of_sequence'
         group by source, subject) k) as keys,
       (select count(*)::int from inbox_waiting where consumer = $1) as waiting`,
    [consumer],
  );
  const oldest = Math.min(...reasons.map(({ oldest }) => oldest.getTime()));
  return {
    deadLetters: Object.fromEntries(reasons.map(({ reason, letters }) => [reason, letters])),
    keysHeldUp: counts?.keys ?? 0,
    waiting: counts?.waiting ?? 0,
    oldestSeconds: reasons.length === 0 ? 0 : Math.max(0, (Date.parse(now) - oldest) / 1_000),
  };
}

/** Whether a consumer has anything that has to be looked at again: asked often, and nearly always answered no. */
export async function standsAnything(manager: EntityManager, consumer: string): Promise<boolean> {
  const [row] = await manager.query<{ anything: boolean }[]>(
    `select exists (select from dead_letters where consumer = $1 and (closed_at is null or copied_at is null))
       or exists (select from inbox_waiting where consumer = $1)
       or exists (select from inbox_orders where consumer = $1 and done_at is null) as anything`,
    [consumer],
  );
  return row?.anything ?? false;
}
