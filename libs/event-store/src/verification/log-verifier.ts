import { createHash } from 'node:crypto';
import { chainHash, contentHash, lengthPrefixed, streamSeed, type StoredEvent } from '../chain.js';
import { StreamHeads, type StreamHead } from './stream-heads.js';

/**
 * What is wrong with a stream. Within it: `hash` (does not follow from the events up to it), `revision` (not the next one),
 * `position` (does not rise). Against heads known from before: `missing` (no such stream any more), `cut` (ends before the
 * known head), `rewritten` (a chain in itself, but not the one that was known).
 */
export type LogFaultKind = 'hash' | 'revision' | 'position' | 'missing' | 'cut' | 'rewritten';

export interface LogFault {
  readonly stream: string;
  /** The first revision that is not as it was, or is not there. */
  readonly revision: number;
  readonly kind: LogFaultKind;
}

export interface LogVerdict {
  readonly intact: boolean;
  readonly events: number;
  readonly streams: number;
  readonly firstPosition: bigint | undefined;
  readonly lastPosition: bigint | undefined;
  /** Over position, stream, revision and hash of every event in order (docs/event-log.md), lower-case hex. */
  readonly digest: string;
  /** How many streams have a fault. */
  readonly faulty: number;
  /** The first fault of each of the first faulty streams. */
  readonly faults: readonly LogFault[];
}

const faultsKept = 100;

/**
 * Verifies a log, or some whole streams of it, in one pass in the order of positions. Its memory grows with the number of
 * streams and not with the number of events. After its first fault a stream is not judged any further.
 */
export class LogVerifier {
  /** Of each stream, the last event that was found right. */
  readonly heads = new StreamHeads();
  readonly #expected: StreamHeads | undefined;
  readonly #digest = createHash('sha256').update(lengthPrefixed('waymark-log-v1'));
  readonly #faulty = new Set<string>();
  readonly #faults: LogFault[] = [];
  #events = 0;
  #streams = 0;
  #first: bigint | undefined;
  #last: bigint | undefined;

  /** `expected`: heads known from before, by which streams are found that were cut off, removed or rewritten as a whole. */
  constructor(expected?: StreamHeads) {
    this.#expected = expected;
  }

  add(event: StoredEvent): void {
    this.#digest.update(
      lengthPrefixed(String(event.position), event.stream, String(event.revision), Buffer.from(event.hash, 'hex')),
    );
    this.#events += 1;
    this.#first ??= event.position;
    const rises = this.#last === undefined || event.position > this.#last;
    this.#last = event.position;
    if (!this.#faulty.has(event.stream)) this.#judge(event, rises);
  }

  /** The verdict over everything that was added, and over what was expected and has not come. */
  finish(): LogVerdict {
    for (const [stream, expected] of this.#expected ?? []) this.#compareEnd(stream, expected, this.heads.get(stream));
    return {
      intact: this.#faulty.size === 0,
      events: this.#events,
      streams: this.#streams,
      firstPosition: this.#first,
      lastPosition: this.#last,
      digest: this.#digest.copy().digest('hex'),
      faulty: this.#faulty.size,
      faults: this.#faults,
    };
  }

  #judge(event: StoredEvent, rises: boolean): void {
    const { stream } = event;
    const head = this.heads.get(stream);
    const revision = head ? head.revision + 1 : 0;
    if (!head) this.#streams += 1;
    if (!rises) return this.#fault({ stream, revision, kind: 'position' });
    if (event.revision !== revision) return this.#fault({ stream, revision, kind: 'revision' });
    const hash = chainHash(head?.hash ?? streamSeed(stream), revision, event.recordedAt, contentHash(event));
    if (hash.toString('hex') !== event.hash) return this.#fault({ stream, revision, kind: 'hash' });
    this.heads.set(stream, { revision, hash });
    const expected = this.#expected?.get(stream);
    if (expected?.revision === revision && !expected.hash.equals(hash)) {
      this.#fault({ stream, revision, kind: 'rewritten' });
    }
  }

  #compareEnd(stream: string, expected: StreamHead, head: StreamHead | undefined): void {
    if (!head) this.#fault({ stream, revision: 0, kind: 'missing' });
    else if (head.revision < expected.revision) this.#fault({ stream, revision: head.revision + 1, kind: 'cut' });
  }

  #fault(fault: LogFault): void {
    if (this.#faulty.has(fault.stream)) return;
    this.#faulty.add(fault.stream);
    if (this.#faults.length < faultsKept) this.#faults.push(fault);
  }
}
