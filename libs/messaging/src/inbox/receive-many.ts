import type { Delivery } from '../port.js';
import type { Inbox } from './inbox.js';
import { allFollow, keyOf, lastOfEachKey, lockKeys, noteEffects } from './inbox-tables-many.js';

/** Each has to be looked at by itself: one is a repeat, waits, fills a gap, lies behind a dead letter, or may have ended a process. */
class OneByOne extends Error {
  override readonly name = 'OneByOne';
}

const lanes = 4;

/**
 * Handles messages in one transaction that also notes them. Only where each simply follows the last of its key; rejects otherwise
 * and when anything fails, with no effect left behind but those of reactions, which change nothing when they come again.
 */
export async function receiveMany(inbox: Inbox, deliveries: readonly Delivery[]): Promise<void> {
  const { consumer, dataSource, handlers, reactions, now, measure } = inbox.options;
  const [first] = deliveries;
  if (first && (await inbox.hands.suspects(first.origin))) throw new OneByOne();
  const messages = deliveries.map(({ message }) => message);
  const reacting = deliveries.filter(({ message }) => reactions.has(message.type));
  if (reacting.length > 0) {
    const reactedTo = new Set(reacting.map(({ message }) => keyOf(message)));
    // Reactions come before all rows here: of one key, a later message could have its effect although an earlier one fails.
    if (messages.some((message) => handlers.has(message.type) && reactedTo.has(keyOf(message)))) throw new OneByOne();
    if (!(await allFollow(dataSource.manager, consumer, messages))) throw new OneByOne();
    await react(inbox, reacting);
  }
  await dataSource.transaction(async (manager) => {
    await lockKeys(manager, consumer, lastOfEachKey(messages));
    if (!(await allFollow(manager, consumer, messages))) throw new OneByOne();
    for (const { message, origin } of deliveries) await inbox.handle(manager, message, origin);
    await noteEffects(manager, consumer, messages, now());
  });
  for (const { type } of messages)
    measure(handlers.has(type) || reactions.has(type) ? 'consumer_messages_handled' : 'consumer_messages_skipped');
}

/** In order per key, some keys side by side. */
async function react(inbox: Inbox, deliveries: readonly Delivery[]): Promise<void> {
  const byKey = new Map<string, Delivery[]>();
  for (const delivery of deliveries) {
    const key = keyOf(delivery.message);
    byKey.set(key, [...(byKey.get(key) ?? []), delivery]);
  }
  const ofKeys = [...byKey.values()];
  const lane = async (): Promise<void> => {
    for (let some = ofKeys.shift(); some; some = ofKeys.shift())
      for (const { message, origin } of some) await inbox.react(message, origin);
  };
  const ends = await Promise.allSettled(Array.from({ length: lanes }, lane));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}
