import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { openKurrentEventStore, type EventStore } from '@waymark/event-store';
import { freePort, KurrentPeer } from '@waymark/testing';
import { newEvent, newEvents, openEmptyDatabase, temporaryFolder, waymark } from './log-ground.fixture.js';

/** The server is played by a peer: docs/kurrentdb.md. */
let peer: KurrentPeer;
let store: EventStore;
let files: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  peer = await KurrentPeer.start();
  store = openKurrentEventStore({ url: peer.url });
  files = await temporaryFolder();
  await store.append('thing-a', 'none', newEvents(900));
  await store.append('other-a', 'none', [newEvent({ text: 'line\u2028separator, e\u0301' }, 'TextGiven')]);
  await store.append('thing-a', 899, newEvents(10));
  // The end of the server's log is one of its own events.
  peer.log.writeSystemEvent('$stats-127.0.0.1:2113', '$statsCollected');
});
afterAll(async () => {
  await store.close();
  await files.remove();
  peer.stop();
});
afterEach(() => {
  delete process.env.EVENT_STORE;
  Object.assign(peer.faults, { denied: () => false, refusal: undefined });
});

const reading = (url: string): readonly (readonly string[])[] => [
  ['verify', '--url', url],
  ['export', '--url', url, '--out', files.at('refused')],
  ['stats', '--url', url],
];
const json = async (...args: readonly string[]) => {
  const { code, out, err } = await waymark('events', ...args, '--json', '--quiet');
  return { code, err, result: out ? JSON.parse(out) : undefined };
};

describe('a log on KurrentDB', () => {
  it('is verified as a whole, or one stream of it', async () => {
    process.env.EVENT_STORE = 'kurrentdb';
    const whole = await json('verify', '--url', peer.url);
    expect(whole).toMatchObject({ code: 0, result: { intact: true, events: 911, streams: 2, faults: [] } });
    const one = await json('verify', '--url', peer.url, '--stream', 'other-a');
    expect(one).toMatchObject({ code: 0, result: { intact: true, events: 1, streams: 1 } });
    expect(await json('verify', '--url', peer.url, '--stream', 'other-none')).toMatchObject({ code: 2 });
  });

  it('is counted', async () => {
    const { code, result } = await json('stats', '--url', peer.url);
    expect(code).toBe(0);
    expect(result).toMatchObject({ events: 911, streams: 2 });
    expect(
      result.categories.map(({ category, events }: { category: string; events: number }) => [category, events]),
    ).toEqual([
      ['other', 1],
      ['thing', 910],
    ]);
  });

  it('is exported, and the export can be imported into PostgreSQL, where it is the same log', async () => {
    const exported = await json('export', '--url', peer.url, '--out', files.at('export'));
    expect(exported).toMatchObject({ code: 0, result: { events: 911, streams: 2 } });
    const { digest } = exported.result;
    expect(digest).toBe((await json('verify', '--url', peer.url)).result.digest);
    const target = await openEmptyDatabase();
    const imported = ['import', '--admin-url', target.adminUrl, '--from', files.at('export'), '--digest', digest];
    expect(await json(...imported)).toMatchObject({ code: 0, result: { events: 911, digest } });
    await target.close();
  });

  it('shows what was changed, cut, removed or written by somebody else', async () => {
    const heads = files.at('heads');
    const of = async (...args: readonly string[]) => json('verify', '--url', peer.url, ...args);
    for (const stream of ['thing-changed', 'thing-cut', 'thing-gone']) await store.append(stream, 'none', newEvents(5));
    expect(await of('--heads', heads)).toMatchObject({ code: 0 });
    const changed = peer.log.records.find(({ stream, revision }) => stream === 'thing-changed' && revision === 2);
    Object.assign(changed ?? {}, { data: Buffer.from('{"number":7}') });
    peer.log.setMetadata('thing-cut', { $maxCount: 2 });
    peer.log.softDelete('thing-gone');
    peer.log.scavenge();
    const { code, result } = await of('--expect', heads);
    expect({ code, faults: result.faults }).toEqual({
      code: 1,
      faults: [
        { stream: 'thing-changed', revision: 2, kind: 'hash' },
        { stream: 'thing-cut', revision: 0, kind: 'revision' },
        { stream: 'thing-gone', revision: 0, kind: 'missing' },
      ],
    });
    const foreign = { id: crypto.randomUUID(), type: 'Planted', isJson: true, data: Buffer.from('{}') };
    peer.log.append('thing-a', 'any', [{ ...foreign, metadata: new Uint8Array() }]);
    for (const args of reading(peer.url)) {
      const { code: stopped, err } = await waymark('events', ...args);
      expect(stopped).toBe(1);
      expect(err).toContain("event 910 of thing-a was not written by this log's adapter");
    }
  });
});

describe('what cannot be done on KurrentDB', () => {
  const refused = async (expected: RegExp, ...args: readonly string[]) => {
    const { code, out, err } = await waymark('events', ...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(expected);
    expect(err).not.toContain('a-secret');
  };

  it('is refused with the reason: importing, and looking at tables', async () => {
    const elsewhere = 'postgres://owner@127.0.0.1/x';
    await refused(/no export can be imported there/, 'import', '--admin-url', peer.url, '--from', files.at('export'));
    for (const command of ['verify', 'stats']) {
      await refused(/no tables to look at/, command, '--url', peer.url, '--admin-url', peer.url);
      await refused(/is of another log/, command, '--url', peer.url, '--admin-url', elsewhere);
    }
  });

  it('is refused when EVENT_STORE says that the log is somewhere else than the address', async () => {
    const [postgres, kurrent] = ['postgres://role:a-secret@127.0.0.1/x', 'esdb://role:a-secret@127.0.0.1:1'];
    process.env.EVENT_STORE = 'kurrentdb';
    for (const args of reading(postgres)) await refused(/EVENT_STORE is kurrentdb, but .* PostgreSQL/, ...args);
    await refused(/EVENT_STORE is kurrentdb/, 'import', '--admin-url', postgres, '--from', files.at('export'));
    process.env.EVENT_STORE = 'postgres';
    for (const args of reading(kurrent)) await refused(/EVENT_STORE is postgres, but .* KurrentDB/, ...args);
  });

  it('is refused with an address that says too little, and to who may not read the whole log', async () => {
    for (const args of reading('esdb://role:a-secret@127.0.0.1:2113?tls=maybe')) await refused(/tls is true/, ...args);
    peer.faults.denied = (stream) => stream === '$all';
    for (const args of reading(peer.url)) await refused(/may not read the whole log/, ...args);
  });

  it('is told apart from a server that cannot be reached', async () => {
    for (const args of reading(`esdb://role:a-secret@127.0.0.1:${await freePort()}?tls=false`)) {
      const { code, out, err } = await waymark('events', ...args);
      expect({ code, out }).toEqual({ code: 3, out: '' });
      expect(err).toMatch(/^the log cannot be reached: .*ECONNREFUSED/);
      expect(err).not.toContain('a-secret');
    }
  });
});
