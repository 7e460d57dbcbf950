import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { chainHash, contentHash, streamSeed, verifyStream } from './chain.js';
import type { EventMetadata, RecordedEvent } from './port.js';

interface Vectors {
  readonly stream: string;
  readonly seed: string;
  readonly events: readonly {
    readonly id: string;
    readonly type: string;
    readonly schemaVersion: number;
    readonly revision: number;
    readonly recordedAt: string;
    readonly data: string;
    readonly metadata: string;
    readonly contentHash: string;
    readonly hash: string;
  }[];
}

// Written by an implementation in another language.
const vectors: Vectors = JSON.parse(await readFile(new URL('./chain-vectors.json', import.meta.url), 'utf8'));

const recorded = vectors.events.map((event): RecordedEvent => {
  const data: object = JSON.parse(event.data);
  const metadata: EventMetadata = JSON.parse(event.metadata);
  return {
    ...event,
    data,
    metadata,
    stream: vectors.stream,
    category: 'concern',
    position: BigInt(event.revision + 1),
    stored: { data: event.data, metadata: event.metadata },
  };
});

describe('the hash chain', () => {
  it('gives the values of the published test vectors', () => {
    let previous = streamSeed(vectors.stream);
    expect(previous.toString('hex')).toBe(vectors.seed);
    for (const event of vectors.events) {
      const content = contentHash(event);
      expect(content.toString('hex')).toBe(event.contentHash);
      previous = chainHash(previous, event.revision, event.recordedAt, content);
      expect(previous.toString('hex')).toBe(event.hash);
    }
  });

  it('is verified from events as a reader gets them', async () => {
    const hash = vectors.events.at(-1)?.hash;
    expect(await verifyStream(recorded)).toEqual({ intact: true, events: 3, hash });
    expect(await verifyStream([])).toEqual({ intact: true, events: 0, hash: '' });
  });

  it('does not confuse fields whose texts run into one another', () => {
    const event = { id: 'i', type: 'AB', schemaVersion: 1, data: '{}', metadata: '{}' };
    expect(contentHash(event)).not.toEqual(contentHash({ ...event, type: 'A', schemaVersion: 11 }));
    expect(contentHash(event)).not.toEqual(contentHash({ ...event, data: '{}{', metadata: '}' }));
  });
});
