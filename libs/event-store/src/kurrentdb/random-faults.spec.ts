import { afterEach, describe, expect, it } from '@jest/globals';
import { KurrentPeer, type Random, randomFrom } from '@waymark/testing';
import { verifyStream } from '../chain.js';
import { ids, newEvents, readStream } from '../contract/log-under-contract.js';
import { EventStoreError, type EventStore, type EventToAppend, type RecordedEvent } from '../port.js';
import { storesOn } from './stores-under-test.js';

const seed = Number(process.env['WAYMARK_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const streams = ['thing-1', 'thing-2', 'other-1'] as const;
const rounds = 25;
const writers = 6;

let end: (() => Promise<void>) | undefined;
afterEach(() => end?.());

/** Loses answers after storing, refuses before, and drops subscriptions; now and then all together. */
function disturb(peer: KurrentPeer, random: Random): { readonly counts: Map<string, number>; stop(): void } {
  const counts = new Map<string, number>();
  const count = (fault: string): void => void counts.set(fault, (counts.get(fault) ?? 0) + 1);
  const busy = KurrentPeer.error('UNAVAILABLE', 'Server Is Too Busy');
  peer.faults.beforeAnswer = async () => {
    if (!random.chance(0.15)) return;
    count('answers lost');
    throw busy;
  };
  const timer = setInterval(() => {
    peer.log.writeSystemEvent('$stats-1', '$statsCollected');
    if (random.chance(0.2) && peer.dropSubscriptions() > 0) count('subscriptions dropped');
    peer.faults.refusal = random.chance(0.15) ? busy : undefined;
    if (peer.faults.refusal) count('refusals');
  }, 10);
  const stop = (): void => {
    clearInterval(timer);
    Object.assign(peer.faults, { refusal: undefined, beforeAnswer: () => Promise.resolve() });
  };
  return { counts, stop };
}

/** Repeats with the same ids until there is an answer, as a service does. */
async function insist(store: EventStore, stream: string, batch: readonly EventToAppend[]): Promise<boolean> {
  for (;;) {
    try {
      return (await store.append(stream, 'any', batch)).repeated;
    } catch (error) {
      if (!(error instanceof EventStoreError && error.code === 'unavailable')) throw error;
    }
  }
}

describe('under lost answers, refusals and dropped subscriptions, with writers in several processes', () => {
  it(`every event is stored once, in unbroken chains, and a subscriber gets each once and in order (WAYMARK_TEST_SEED=${seed})`, async () => {
    const random = randomFrom(seed);
    const peer = await KurrentPeer.start();
    const { open, close } = storesOn(peer.url);
    end = async () => {
      await close();
      peer.stop();
    };
    const followed: RecordedEvent[] = [];
    const following = new AbortController();
    const follower = (async () => {
      for await (const page of open().subscribe({ after: 0n, batchSize: 7, signal: following.signal })) {
        followed.push(...page.events);
      }
    })();
    const written: EventToAppend[] = [];
    const { counts, stop } = disturb(peer, random);
    const writing = Array.from({ length: writers }, async () => {
      const store = open();
      for (let round = 0; round < rounds; round += 1) {
        const batch = newEvents(1 + random.upTo(4));
        written.push(...batch);
        await insist(store, random.oneOf(streams), batch);
      }
    });
    await Promise.all(writing);
    stop();

    const reader = open();
    const stored: RecordedEvent[] = [];
    for (const stream of streams) {
      const events = await readStream(reader, stream);
      stored.push(...events);
      expect(await verifyStream(events)).toMatchObject({ intact: true, events: events.length });
    }
    expect(ids(stored).sort()).toEqual(ids(written).sort());
    const inOrder = [...stored].sort((a, b) => (a.position < b.position ? -1 : 1));
    while (followed.length < inOrder.length) await new Promise((resolve) => setTimeout(resolve, 20));
    following.abort();
    await follower;
    expect(ids(followed)).toEqual(ids(inOrder));
    for (const fault of ['answers lost', 'refusals', 'subscriptions dropped'])
      expect(counts.get(fault)).toBeGreaterThan(0);
  });
});
