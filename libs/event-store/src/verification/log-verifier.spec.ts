import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { chainHash, contentHash, streamSeed, type StoredEvent } from '../chain.js';
import { LogVerifier } from './log-verifier.js';
import { StreamHeads } from './stream-heads.js';

interface Vectors {
  readonly stream: string;
  readonly events: readonly Omit<StoredEvent, 'stream' | 'position'>[];
}

// Written by an implementation in another language; so was the digest below.
const vectors: Vectors = JSON.parse(await readFile(new URL('../chain-vectors.json', import.meta.url), 'utf8'));
const worked = vectors.events.map((event) => ({
  ...event,
  stream: vectors.stream,
  position: BigInt(event.revision + 1),
}));

const verdictOf = (events: readonly StoredEvent[], expected?: StreamHeads) => {
  const verifier = new LogVerifier(expected);
  for (const event of events) verifier.add(event);
  return verifier.finish();
};

let position = 0n;
function streamOf(stream: string, count: number): StoredEvent[] {
  let previous = streamSeed(stream);
  return Array.from({ length: count }, (_, revision) => {
    const content = { id: randomUUID(), type: 'ThingHappened', schemaVersion: 1, data: '{}', metadata: '{}' };
    const recordedAt = '2026-03-02T08:00:00.000Z';
    previous = chainHash(previous, revision, recordedAt, contentHash(content));
    position += 1n;
    return { ...content, stream, revision, position, recordedAt, hash: previous.toString('hex') };
  });
}

describe('the digest of a log', () => {
  it('is that of the worked example', () => {
    expect(verdictOf([]).digest).toBe('023d89fa49d91c32bc20b8f9109ecb7aa69ac38c80ada1e4f5f11e69b4ab0dac');
    expect(verdictOf(worked.slice(0, 1))).toMatchObject({
      ...{ intact: true, events: 1, streams: 1, firstPosition: 1n, lastPosition: 1n },
      digest: '990ad3b844907f9ab35119ec2b5864ca2158b645ee26d7a9750fdc7d86b6c5a3',
    });
    expect(verdictOf(worked)).toMatchObject({ intact: true, events: 3 });
  });

  it('is another one for another position, order or number of events', () => {
    const events = [...streamOf('thing-a', 2), ...streamOf('thing-b', 2)];
    const moved = events.map((event) => ({ ...event, position: event.position + 1n }));
    const digests = [events, moved, events.slice(0, 3), [...events.slice(2), ...events.slice(0, 2)]].map(
      (each) => verdictOf(each).digest,
    );
    expect(new Set(digests).size).toBe(4);
  });
});

describe('the verdict on a log', () => {
  it('names the first fault of a stream and judges the others all the same', () => {
    const broken = streamOf('thing-broken', 5).map((event) =>
      event.revision < 2 ? event : { ...event, data: '{"n":1}' },
    );
    const short = streamOf('thing-short', 5).filter(({ revision }) => revision !== 3);
    expect(verdictOf([...broken, ...short, ...streamOf('thing-whole', 5)])).toMatchObject({
      ...{ intact: false, events: 14, streams: 3, faulty: 2 },
      faults: [
        { stream: 'thing-broken', revision: 2, kind: 'hash' },
        { stream: 'thing-short', revision: 3, kind: 'revision' },
      ],
    });
  });

  it('finds positions that do not rise', () => {
    const [first, second] = streamOf('thing-a', 2);
    if (!first || !second) throw new Error('two events were made');
    expect(verdictOf([first, { ...second, position: first.position }]).faults).toEqual([
      { stream: 'thing-a', revision: 1, kind: 'position' },
    ]);
  });

  it('counts all faulty streams and keeps the first hundred faults', () => {
    const events = Array.from({ length: 150 }, (_, index) => ({
      ...streamOf(`thing-${index}`, 1)[0],
      data: '{"n":1}',
    }));
    const { faulty, faults } = verdictOf(events as StoredEvent[]);
    expect(faulty).toBe(150);
    expect(faults).toHaveLength(100);
  });

  it('survives revisions that no stream can have', () => {
    for (const revision of [-1, 2 ** 53, Number.NaN]) {
      expect(verdictOf(streamOf('thing-a', 1).map((event) => ({ ...event, revision }))).faults).toEqual([
        { stream: 'thing-a', revision: 0, kind: 'revision' },
      ]);
    }
  });
});

describe('the heads of many streams', () => {
  it('are kept each, replaced, and given in the order of the names', () => {
    const heads = new StreamHeads();
    const hashOf = (index: number) =>
      contentHash({ id: `${index}`, type: '', schemaVersion: 1, data: '', metadata: '' });
    const count = 40_000;
    for (let index = 0; index < count; index += 1)
      heads.set(`thing-${index}`, { revision: index, hash: hashOf(index) });
    for (let index = 0; index < count; index += 2)
      heads.set(`thing-${index}`, { revision: 2 ** 40, hash: hashOf(-index) });
    expect(heads.size).toBe(count);
    const wrong = Array.from({ length: count }, (_, index) => index).filter((index) => {
      const head = heads.get(`thing-${index}`);
      const [revision, hash] = index % 2 === 0 ? [2 ** 40, hashOf(-index)] : [index, hashOf(index)];
      return head?.revision !== revision || !head.hash.equals(hash);
    });
    expect(wrong).toEqual([]);
    expect(heads.get('thing-none')).toBeUndefined();
    const names = [...heads.sorted()].map(([stream]) => stream);
    expect(names).toEqual([...names].sort());
    expect(names).toHaveLength(count);
  });
});
