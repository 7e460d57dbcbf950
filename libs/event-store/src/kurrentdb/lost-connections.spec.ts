import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually, KurrentPeer, randomFrom } from '@waymark/testing';
import { verifyStream } from '../chain.js';
import { follow, ids, newEvents, readStream, refusalOf } from '../contract/log-under-contract.js';
import type { EventStore } from '../port.js';
import { storesOn } from './stores-under-test.js';

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function startPeer(): Promise<KurrentPeer> {
  const peer = await KurrentPeer.start();
  endings.push(() => peer.stop());
  return peer;
}

function openOn(url: string): EventStore {
  const { open, close } = storesOn(url);
  endings.push(close);
  return open();
}

const unavailable = { code: 'unavailable' };

describe('an append whose answer is lost', () => {
  it('is found again by itself, and stored once', async () => {
    const peer = await startPeer();
    const { overLine, close } = storesOn(peer.url);
    endings.push(close);
    const { store, line } = await overLine();
    const [first, second] = [newEvents(1), newEvents(2)];
    await store.append('contract_thing-1', 'none', first);
    let cuts = 0;
    peer.faults.beforeAnswer = async () => {
      if (cuts === 0) cuts += line.cut();
    };
    expect(await store.append('contract_thing-1', 0, second)).toMatchObject({ revision: 2, repeated: true });
    expect(cuts).toBe(1);
    expect(ids(await readStream(store, 'contract_thing-1'))).toEqual(ids([...first, ...second]));
  });

  it('is given the first result when its caller comes again, also from another process', async () => {
    const peer = await startPeer();
    const store = openOn(peer.url);
    const batch = newEvents(3);
    peer.faults.beforeAnswer = async () => {
      throw (peer.faults.refusal = KurrentPeer.error('UNAVAILABLE', 'going down'));
    };
    expect(await refusalOf(store.append('thing-1', 'none', batch))).toEqual(unavailable);
    Object.assign(peer.faults, { refusal: undefined, beforeAnswer: () => Promise.resolve() });
    const again = await openOn(peer.url).append('thing-1', 'none', batch);
    expect(again).toMatchObject({ revision: 2, repeated: true });
    expect(ids(await readStream(store, 'thing-1'))).toEqual(ids(batch));
  });
});

describe('a subscription', () => {
  const seed = Number(process.env['WAYMARK_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

  it(`that is killed again and again skips nothing and gives nothing twice (WAYMARK_TEST_SEED=${seed})`, async () => {
    const random = randomFrom(seed);
    const peer = await startPeer();
    const store = openOn(peer.url);
    const writer = openOn(peer.url);
    const batches = Array.from({ length: 60 }, () => newEvents(1 + random.upTo(5)));
    let killed = 0;
    const writing = (async () => {
      for (const [index, batch] of batches.entries()) {
        await writer.append(`thing-${index % 3}`, 'any', batch);
        peer.log.writeSystemEvent('$stats-1', '$statsCollected');
        await new Promise((resolve) => setTimeout(resolve, random.upTo(60)));
        if (random.chance(0.5)) killed += peer.dropSubscriptions();
      }
    })();
    const wanted = ids(batches.flat());
    const seen = await follow(store, { after: 0n, batchSize: 3 }, (events) => events.length >= wanted.length);
    await writing;
    expect(killed).toBeGreaterThan(3);
    expect(ids(seen)).toEqual(wanted);
  });

  it('goes on where it was when the server comes back, and so do all calls', async () => {
    const peer = await startPeer();
    const heard: string[] = [];
    const { open, close } = storesOn(peer.url);
    endings.push(close);
    const store = open({ log: (message) => heard.push(message) });
    const [before, after] = [newEvents(3), newEvents(3)];
    await store.append('thing-1', 'none', before);
    let seen = 0;
    const following = follow(store, { after: 0n }, (events) => (seen = events.length) >= 6);
    await eventually(() => seen === 3);
    peer.stop();
    await expect(store.ping()).rejects.toMatchObject(unavailable);
    expect(await refusalOf(store.append('thing-1', 2, after))).toEqual(unavailable);
    expect(await refusalOf(readStream(store, 'thing-1'))).toEqual(unavailable);
    expect(await refusalOf(store.readAll({ after: 0n }))).toEqual(unavailable);
    await peer.start();
    await eventually(() => store.ping());
    expect(await store.append('thing-1', 2, after)).toMatchObject({ revision: 5, repeated: false });
    expect(ids(await following)).toEqual(ids([...before, ...after]));
    expect(heard.length).toBeGreaterThan(0);
  });

  it('that reads slower than the log grows loses nothing', async () => {
    const peer = await startPeer();
    const store = openOn(peer.url);
    const writer = openOn(peer.url);
    await writer.append('thing-1', 'none', newEvents(1));
    const batches = Array.from({ length: 4 }, () => newEvents(500));
    let writing: Promise<unknown> | undefined;
    const seen = await follow(store, { after: 0n, batchSize: 100 }, async (events) => {
      writing ??= (async () => {
        for (const batch of batches) await writer.append('thing-2', 'any', batch);
      })();
      await new Promise((resolve) => setTimeout(resolve, 10));
      return events.length >= 2_001;
    });
    await writing;
    expect(ids(seen.slice(1))).toEqual(ids(batches.flat()));
  });
});

describe('a node that does not lead', () => {
  it('sends the store on to the leader, for reading as for writing', async () => {
    const [follower, leader] = [await startPeer(), await startPeer()];
    follower.faults.leader = { host: '127.0.0.1', port: leader.port };
    const store = openOn(follower.url);
    const batch = newEvents(2);
    expect(await store.append('thing-1', 'none', batch)).toMatchObject({ revision: 1 });
    expect(ids(await readStream(store, 'thing-1'))).toEqual(ids(batch));
    expect(ids(await follow(store, { after: 0n }, (events) => events.length === 2))).toEqual(ids(batch));
    expect(follower.log.read('thing-1')).toBeUndefined();
  });
});

describe('a cluster', () => {
  it.each(['esdb+discover://127.0.0.1:FOLLOWER', 'esdb://127.0.0.1:9,127.0.0.1:FOLLOWER'])(
    'is asked for its leader, at %p, and again when that one has gone',
    async (form) => {
      const [follower, first, second] = [await startPeer(), await startPeer(), await startPeer()];
      follower.faults.leader = { host: '127.0.0.1', port: first.port };
      const store = openOn(`${form.replace('FOLLOWER', String(follower.port))}?tls=false`);
      await store.append('thing-1', 'none', newEvents(1));
      expect(first.log.read('thing-1')).toHaveLength(1);
      follower.faults.leader = { host: '127.0.0.1', port: second.port };
      first.stop();
      await eventually(() => store.append('thing-2', 'any', newEvents(1)));
      expect(second.log.read('thing-2')).toHaveLength(1);
    },
  );
});

describe('a server that was set back to an earlier state', () => {
  it('is noticed before the next event is chained to one that is gone', async () => {
    const peer = await startPeer();
    const store = openOn(peer.url);
    await store.append('thing-1', 'none', newEvents(5));
    peer.log.setBack(2);
    await openOn(peer.url).append('thing-1', 2, newEvents(2));
    await store.append('thing-1', 'any', newEvents(1));
    expect(await verifyStream(await readStream(store, 'thing-1'))).toMatchObject({ intact: true, events: 6 });
  });
});
