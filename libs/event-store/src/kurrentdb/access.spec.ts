import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KurrentPeer, makeCertificate } from '@waymark/testing';
import { ids, newEvents, readStream, readToEnd, refusalOf } from '../contract/log-under-contract.js';
import { openKurrentEventStore } from './kurrent-event-store.js';
import { storesOn } from './stores-under-test.js';

describe('with TLS and users', () => {
  const certificate = makeCertificate();
  const users = { intake: 'p:ass@/word?' };
  let peer: KurrentPeer;
  const opened: ReturnType<typeof storesOn>[] = [];
  const openAs = (user: string, ca = `&tlsCAFile=${encodeURIComponent(certificate.file)}`) => {
    const stores = storesOn(`esdb://${user}@127.0.0.1:${peer.port}?tls=true${ca}`);
    opened.push(stores);
    return stores.open();
  };
  beforeAll(async () => {
    peer = await KurrentPeer.start({ tls: { ...certificate, users } });
  });
  afterAll(async () => {
    for (const stores of opened) await stores.close();
    peer.stop();
  });

  it('appends, reads and follows as the user of the connection string', async () => {
    const store = openAs(`intake:${encodeURIComponent(users.intake)}`);
    const batch = newEvents(3);
    await store.append('thing-1', 'none', batch);
    expect(ids(await readStream(store, 'thing-1'))).toEqual(ids(batch));
    expect(ids((await readToEnd(store, 0n)).events)).toEqual(ids(batch));
    await store.ping();
  });

  it('says that the credentials are wrong, and not which', async () => {
    const store = openAs('intake:guessed');
    const refusal = await store.ping().catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'unavailable' });
    expect(String(refusal)).toContain('credentials');
    expect(String(refusal)).not.toContain('guessed');
    expect(await refusalOf(store.append('thing-2', 'any', newEvents(1)))).toEqual({ code: 'unavailable' });
  });

  it('does not talk to a server whose certificate nobody vouches for', async () => {
    const store = openAs(`intake:${encodeURIComponent(users.intake)}`, '');
    await expect(store.ping()).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('passes on that the server denies access', async () => {
    const store = openAs(`intake:${encodeURIComponent(users.intake)}`);
    peer.faults.denied = (stream) => stream === '$all' || stream.startsWith('secret-');
    const forbidden = { code: 'category_forbidden' };
    expect(await refusalOf(store.readAll({ after: 0n }))).toEqual(forbidden);
    expect(await refusalOf(store.append('secret-1', 'any', newEvents(1)))).toEqual(forbidden);
    const following = (async () => {
      for await (const page of store.subscribe({ after: 0n, signal: AbortSignal.timeout(5_000) })) void page;
    })();
    expect(await refusalOf(following)).toEqual(forbidden);
    peer.faults.denied = () => false;
  });
});

describe('a connection string', () => {
  it.each([
    ['of another kind', 'postgres://user:secret@localhost/db'],
    ['without a host', 'esdb://user:secret@?tls=false'],
    ['with TLS and nobody to log in as', 'esdb://localhost:2113'],
    ['with an option that nobody knows', 'esdb://user:secret@localhost:2113?tls=true&secret=1'],
    ['that does not verify certificates', 'esdb://user:secret@localhost:2113?tlsVerifyCert=false'],
    ['with a deadline that is no number', 'esdb://user:secret@localhost:2113?defaultDeadline=soon'],
    ['with a port that is no number', 'esdb://user:secret@localhost:port?tls=false'],
    ['with a password that is not encoded', 'esdb://user:%secret@localhost:2113'],
  ])('%s is refused, and not repeated', (_, url) => {
    const open = (): unknown => openKurrentEventStore({ url });
    expect(open).toThrow(TypeError);
    expect(open).not.toThrow(/secret/);
  });

  it.each([
    'esdb://localhost:2113?tls=false',
    'kurrentdb://user:secret@localhost:2113',
    'esdb+discover://user:secret@cluster.example:2113?nodePreference=leader',
    'esdb://user:secret@a.example:2113,b.example:2113?tls=true&defaultDeadline=5000',
  ])('%p is taken', async (url) => {
    await openKurrentEventStore({ url }).close();
  });
});

describe('categories', () => {
  it('bind the store that was opened with them, and nobody else who has the same credentials', async () => {
    const peer = await KurrentPeer.start();
    const { open, close } = storesOn(peer.url);
    const bound = open({ categories: { append: ['thing'], read: ['thing', 'other'] } });
    const free = open();
    await free.append('secret-1', 'none', newEvents(1));
    await free.append('other-1', 'none', newEvents(1));
    const forbidden = { code: 'category_forbidden' };
    expect(await refusalOf(bound.append('other-1', 'any', newEvents(1)))).toEqual(forbidden);
    expect(await refusalOf(bound.readStreamMetadata('secret-1'))).toEqual(forbidden);
    expect((await readToEnd(bound, 0n)).events.map(({ stream }) => stream)).toEqual(['other-1']);
    expect((await readToEnd(free, 0n)).events.map(({ stream }) => stream)).toEqual(['secret-1', 'other-1']);
    expect(await readStream(free, 'secret-1')).toHaveLength(1);
    await close();
    peer.stop();
  });
});
