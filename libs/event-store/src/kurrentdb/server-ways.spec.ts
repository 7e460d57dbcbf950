import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BACKWARDS, END, EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { KurrentPeer } from '@waymark/testing';
import { verifyStream } from '../chain.js';
import { ids, insist, newEvent, newEvents, readStream, readToEnd, refusalOf } from '../contract/log-under-contract.js';
import type { EventStore } from '../port.js';
import { ForeignEvent } from './envelope.js';
import { storesOn } from './stores-under-test.js';

/** What such a server does and PostgreSQL does not; docs/kurrentdb.md lists it. */
describe('the ways of the server', () => {
  let peer: KurrentPeer;
  let store: EventStore;
  let another: () => EventStore;
  let close: () => Promise<void>;
  const newStream = (): string => `thing-${randomUUID()}`;
  beforeAll(async () => {
    peer = await KurrentPeer.start({ recentIds: 4 });
    const stores = storesOn(peer.url);
    [another, close] = [() => stores.open(), stores.close];
    store = stores.open();
  });
  afterAll(async () => {
    await close();
    peer.stop();
  });
  const damaged = { code: 'damaged' };

  describe('event ids', () => {
    it('are known for good, though the server forgets those of appends that expect nothing', async () => {
      const stream = newStream();
      const batch = newEvents(2);
      const first = await store.append(stream, 'any', batch);
      await store.append(newStream(), 'any', newEvents(10));
      expect(await another().append(stream, 'any', batch)).toEqual({ ...first, repeated: true });
      expect(await readStream(store, stream)).toHaveLength(2);
    });

    it('tell the one whose events were stored from who appended the same at the same moment', async () => {
      const stream = newStream();
      const batch = newEvents(1);
      const stores = Array.from({ length: 8 }, another);
      const results = await Promise.all(stores.map((each) => each.append(stream, 'none', batch)));
      expect(results.filter(({ repeated }) => !repeated)).toHaveLength(1);
      expect(await verifyStream(await readStream(store, stream))).toMatchObject({ intact: true, events: 1 });
    });
  });

  describe('a stream that was deleted', () => {
    it('for now is not begun again: it would go on counting, and its chain would begin in the middle', async () => {
      const stream = newStream();
      await store.append(stream, 'none', newEvents(3));
      peer.log.softDelete(stream);
      expect(await readStream(store, stream)).toEqual([]);
      expect(await refusalOf(store.append(stream, 'none', [newEvent()]))).toEqual(damaged);
      expect(await refusalOf(another().append(stream, 'any', [newEvent()]))).toEqual(damaged);
      expect(await refusalOf(store.append(stream, 'exists', [newEvent()]))).toEqual({
        code: 'wrong_expected_revision',
        actualRevision: -1,
      });
    });

    it('for good refuses everything', async () => {
      const stream = newStream();
      await store.append(stream, 'none', newEvents(3));
      peer.log.tombstone(stream);
      expect(await refusalOf(readStream(store, stream))).toEqual(damaged);
      expect(await refusalOf(store.append(stream, 'any', [newEvent()]))).toEqual(damaged);
    });

    it('stays in the whole log until the server is scavenged, and holds no reader up afterwards', async () => {
      const { position } = await readToEnd(store, 0n);
      const [gone, kept] = [newEvents(3), newEvents(2)];
      const [first, second] = [newStream(), newStream()];
      await store.append(first, 'none', gone);
      await store.append(second, 'none', kept);
      peer.log.tombstone(first);
      expect(ids((await readToEnd(store, position)).events)).toEqual(ids([...gone, ...kept]));
      peer.log.scavenge();
      expect(ids((await readToEnd(store, position)).events)).toEqual(ids(kept));
      expect(ids((await readToEnd(store, position, { categories: ['thing'], limit: 1 })).events)).toEqual(ids(kept));
    });
  });

  it('a stream that was cut at its beginning shows it, and takes no more', async () => {
    const stream = newStream();
    await store.append(stream, 'none', newEvents(5));
    peer.log.setMetadata(stream, { $maxCount: 2 });
    const events = await readStream(store, stream);
    expect(events.map(({ revision }) => revision)).toEqual([3, 4]);
    expect(await verifyStream(events)).toMatchObject({ intact: false, fault: 'revision' });
    expect(await refusalOf(another().append(stream, 4, [newEvent()]))).toEqual(damaged);
  });

  it("the server's own events never come out, and positions move on over them", async () => {
    const { position } = await readToEnd(store, 0n);
    const event = newEvent();
    peer.log.writeSystemEvent('$stats-127.0.0.1:2113', '$statsCollected');
    await store.append(newStream(), 'none', [event]);
    for (let count = 0; count < 5; count += 1) peer.log.writeSystemEvent('$scavenges-x', '$scavengeIndexInitialized');
    const all = await readToEnd(store, position);
    expect(ids(all.events)).toEqual([event.id]);
    expect(all.position).toBe(peer.log.records.at(-1)?.position);
    expect(await refusalOf(readStream(store, '$stats-127'))).toEqual({ code: 'invalid_stream' });
  });

  it('an event that something else wrote into a stream of the log stops its readers and is named', async () => {
    const other = EventStoreDBClient.connectionString(peer.url);
    const stream = `foreign-${randomUUID()}`;
    await other.appendToStream(stream, jsonEvent({ type: 'ThingHappened', data: { a: 1 } }), {
      credentials: { username: '', password: '' },
    });
    await expect(readStream(store, stream)).rejects.toThrow(ForeignEvent);
    await expect(store.readAll({ after: 0n, categories: ['foreign'] })).rejects.toThrow(ForeignEvent);
    await expect(store.append(stream, 'any', [newEvent()])).rejects.toThrow(ForeignEvent);
    await store.readAll({ after: 0n, categories: ['thing'] });
    await other.dispose();
    peer.log.tombstone(stream);
    peer.log.scavenge();
  });

  it('data and metadata lie on the server as they were given, the rest in a line before the metadata', async () => {
    const stream = newStream();
    const event = newEvent({ z: 'é', a: [1] });
    await store.append(stream, 'none', [event]);
    const client = EventStoreDBClient.connectionString(peer.url);
    const read = client.readStream(stream, { direction: BACKWARDS, fromRevision: END, maxCount: 1 });
    for await (const { event: raw } of read) {
      const [header = '', metadata] = Buffer.from(raw?.metadata as Uint8Array)
        .toString()
        .split('\n');
      expect(raw?.id).toBe(event.id);
      expect(Buffer.from(raw?.data as Uint8Array).toString()).toBe('{"z":"é","a":[1]}');
      expect(metadata).toBe(JSON.stringify(event.metadata));
      expect(Object.keys(JSON.parse(header))).toEqual(['waymark', 'schemaVersion', 'recordedAt', 'hash', 'append']);
    }
    await client.dispose();
  });
});

describe('a server that takes larger appends, as it should be set up', () => {
  it('takes the largest event and the longest batch that the port allows', async () => {
    const peer = await KurrentPeer.start({ maxAppendSize: 16_000_000 });
    const { open, close } = storesOn(peer.url);
    const store = open();
    const large = newEvent({ text: 'x'.repeat(1_048_000) });
    expect(await store.append('thing-1', 'none', [large])).toMatchObject({ revision: 0 });
    expect(await insist(store, 'thing-2', 'none', newEvents(10_000))).toMatchObject({ revision: 9_999 });
    const tooMuch = Array.from({ length: 20 }, () => newEvent({ text: 'x'.repeat(1_000_000) }));
    expect(await refusalOf(store.append('thing-3', 'any', tooMuch))).toEqual({ code: 'batch_too_large' });
    await close();
    peer.stop();
  });

  it('may refuse single events that are too large for it', async () => {
    const peer = await KurrentPeer.start({ maxAppendEventSize: 10_000 });
    const { open, close } = storesOn(peer.url);
    const large = newEvent({ text: 'x'.repeat(10_000) });
    expect(await refusalOf(open().append('thing-1', 'none', [large]))).toEqual({ code: 'event_too_large' });
    await close();
    peer.stop();
  });
});

describe('a reader that leaves early', () => {
  it('leaves nothing behind that the closing of the store would wait for', async () => {
    const peer = await KurrentPeer.start();
    const { open, close } = storesOn(peer.url);
    const store = open();
    // However much of it lies in one buffer or another when the reader leaves.
    for (const length of [1, 20, 30, 40, 50, 500]) {
      await store.append(`thing-${length}`, 'none', newEvents(length));
      for await (const event of store.readStream(`thing-${length}`)) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        if (event.revision === 0) break;
      }
      await store.readAll({ after: 0n, limit: 1 });
    }
    await close();
    peer.stop();
  });
});

describe('a server that answers nothing', () => {
  it('does not hold the closing of a store', async () => {
    const peer = await KurrentPeer.start();
    const { open, close } = storesOn(peer.url);
    const store = open();
    peer.faults.silent = true;
    const calls = [store.ping(), store.append('thing-1', 'any', [newEvent()]), readStream(store, 'thing-1')];
    await new Promise((resolve) => setTimeout(resolve, 50));
    const refusals = Promise.all(calls.map(refusalOf));
    await close();
    expect(await refusals).toEqual(calls.map(() => ({ code: 'unavailable' })));
    peer.stop();
  });
});
