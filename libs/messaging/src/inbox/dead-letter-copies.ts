import { deadTopicOf, type Bus, type DeadRecord } from '../port.js';
import { deadLettersWhere, type DeadLetter } from './dead-letters.js';
import type { Inbox } from './inbox.js';

const atOnce = 100;
// Kafka takes a record of 1 MiB with its headers.
const mostBytes = 900 * 1024;

/**
 * Copies dead letters to the bus's topic for them, for those who watch or keep them elsewhere; at least once, and again when one
 * failed again. The table stays what counts. On a bus without such topics the table is all there is.
 */
export async function copyDeadLetters(inbox: Inbox, bus: Bus): Promise<void> {
  const { consumer, dataSource, now, stopping } = inbox.options;
  if (!bus.publishDead) return;
  while (!stopping.aborted) {
    const letters = await deadLettersWhere(
      dataSource.manager,
      `consumer = $1 and copied_at is null order by failed_at, sequence limit ${atOnce}`,
      [consumer],
    );
    if (letters.length === 0) return;
    await bus.publishDead(deadTopicOf(consumer), letters.map(recordOf));
    await dataSource.query(
      // Not those that failed again meanwhile.
      `update dead_letters d set copied_at = $1 from unnest($2::uuid[], $3::int[]) c(id, attempts)
       where d.id = c.id and d.attempts = c.attempts`,
      [now(), letters.map(({ id }) => id), letters.map(({ attempts }) => attempts)],
    );
  }
}

/** Only the frames: an error's text may quote what its handler had opened, and stays in the service's own database. */
const framesOf = (stack: string): string =>
  stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n')
    .slice(0, 8_000);

function recordOf(letter: DeadLetter): DeadRecord {
  const { value, origin, subject, stack } = letter;
  const fits = value.length <= mostBytes;
  return {
    key: subject,
    value: fits ? value : Buffer.alloc(0),
    headers: {
      dead_id: letter.id,
      dead_consumer: letter.consumer,
      dead_reason: letter.reason,
      dead_topic: origin.topic,
      dead_partition: String(origin.partition),
      dead_offset: origin.offset,
      dead_attempts: String(letter.attempts),
      dead_first_failed_at: letter.firstFailedAt.toISOString(),
      dead_failed_at: letter.failedAt.toISOString(),
      ...(stack === null ? {} : { dead_stack: framesOf(stack) }),
      ...(fits ? {} : { dead_value_left_out: `${value.length} bytes` }),
    },
  };
}
