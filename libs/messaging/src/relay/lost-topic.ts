import { errorFields } from '../log.js';
import { repeatedly } from '../waiting.js';
import type { Leadership } from './leadership.js';
import type { RelayOptions } from './relay-options.js';

type TopicOfRelay = Pick<RelayOptions, 'service' | 'topic' | 'bus' | 'log' | 'lookEveryMs'>;

/**
 * Whether the topic is not there, holds less than was published on it, or a partition of it less than was seen there: repeats make it
 * hold more than was published, so that the count alone would miss a loss. Asked in this order, because all of it only grows.
 */
async function lossOf({ topic, bus }: TopicOfRelay, leadership: Leadership): Promise<'topic' | 'messages' | undefined> {
  if (!bus.ends) return undefined;
  const held = await leadership.topicHeld();
  const ends = await bus.ends(topic);
  if (ends === undefined) return 'topic';
  const size = [...ends.values()].reduce((sum, end) => sum + end, 0n);
  if (size < held.published || lessIn(ends, held.ends)) return 'messages';
  if (lessIn(held.ends, ends)) await leadership.noteEnds(ends);
  return undefined;
}

/** Whether a partition reaches less far, or is not there. */
function lessIn(ends: ReadonlyMap<number, bigint>, before: ReadonlyMap<number, bigint>): boolean {
  return [...before].some(([partition, end]) => (ends.get(partition) ?? -1n) < end);
}

/**
 * Makes the topic if it is gone. When it lacks messages that were published on it, everything is published again by whoever leads
 * next, and consumers drop what they had: true then, and this leadership is over.
 */
export async function makeUpForLoss(relay: TopicOfRelay, leadership: Leadership): Promise<boolean> {
  const { service, topic, bus, log } = relay;
  let loss = await lossOf(relay, leadership);
  if (loss === 'topic') {
    await bus.ensureTopics([topic]);
    loss = await lossOf(relay, leadership);
  }
  if (loss !== 'messages') return false;
  log.error({ service, topic }, 'the topic has lost messages: everything is published again');
  await leadership.startOver();
  return true;
}

/**
 * Looks now and then, and ends the leadership when the topic or messages of it are gone. Also when it cannot look: the broker may
 * come back with nothing, and whoever leads next looks before it publishes.
 */
export function watchTopic(relay: TopicOfRelay, leadership: Leadership, ended: AbortController): Promise<void> {
  return repeatedly(relay.lookEveryMs ?? 5_000, ended.signal, async () => {
    const loss = await lossOf(relay, leadership).catch((error: unknown) => {
      relay.log.warn({ service: relay.service, ...errorFields(error) }, 'the topic cannot be looked at');
      return 'unknown';
    });
    if (loss !== undefined) ended.abort();
  });
}
