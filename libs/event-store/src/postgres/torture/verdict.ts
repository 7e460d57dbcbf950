import type { Batch } from './ledger.js';

/** An event as it lies in the log in the end, in the order of positions. */
export interface StoredEvent {
  readonly id: string;
  readonly position: bigint;
  readonly stream: string;
  readonly category: string;
  readonly revision: number;
  readonly mark: number;
  readonly number: number;
}

/** What one reader was given, in its order. */
export interface Reading {
  readonly name: string;
  readonly only?: readonly string[];
  readonly seen: readonly string[];
}

export interface Evidence {
  readonly batches: readonly Batch[];
  readonly stored: readonly StoredEvent[];
  readonly readings: readonly Reading[];
  /** Streams whose chain does not verify. */
  readonly brokenChains: readonly string[];
}

/** How often a promise of the log was broken; all are 0 when it held. */
export interface LogVerdict {
  readonly acknowledgedLost: number;
  readonly storedTwice: number;
  /** Rolled back, and stored all the same. */
  readonly refusedStored: number;
  /** Batches of which a part is stored, or not next to each other in their stream. */
  readonly torn: number;
  /** Answers that named another position than the log has. */
  readonly wrongAnswers: number;
  readonly revisionHoles: number;
  /** Events of a stream whose position does not rise with the revision. */
  readonly positionsAgainstRevisions: number;
  readonly brokenChains: number;
}

export interface ReaderVerdict {
  readonly reader: string;
  readonly skipped: number;
  readonly repeated: number;
  readonly reordered: number;
  /** Given and not stored. */
  readonly invented: number;
}

export interface Verdict {
  readonly log: LogVerdict;
  readonly readers: readonly ReaderVerdict[];
}

/** Everything that was broken, in words; empty when every promise held. */
export function faultsOf({ log, readers }: Verdict): readonly string[] {
  const broken = (of: string, counts: object): string[] =>
    Object.entries(counts).flatMap(([what, count]) =>
      typeof count === 'number' && count > 0 ? `${of}: ${what} ${count}` : [],
    );
  return [...broken('log', log), ...readers.flatMap((reader) => broken(reader.reader, reader))];
}

/** Compares what was answered and what was read with what lies in the log. */
export function judge(evidence: Evidence): Verdict {
  return {
    log: judgeLog(evidence),
    readers: evidence.readings.map((reading) => judgeReading(reading, evidence.stored)),
  };
}

function judgeLog({ batches, stored, brokenChains }: Evidence): LogVerdict {
  const ofMark = new Map<number, StoredEvent[]>();
  const last = new Map<string, StoredEvent>();
  const count = { storedTwice: 0, revisionHoles: 0, positionsAgainstRevisions: 0 };
  for (const event of stored) {
    const before = last.get(event.stream);
    if (event.revision <= (before?.revision ?? -1)) count.positionsAgainstRevisions += 1;
    if (event.revision > (before?.revision ?? -1) + 1) count.revisionHoles += 1;
    last.set(event.stream, event);
    const same = ofMark.get(event.mark) ?? [];
    if (same.some(({ number }) => number === event.number)) count.storedTwice += 1;
    ofMark.set(event.mark, [...same, event]);
  }
  const storedOf = (batch: Batch): readonly StoredEvent[] => ofMark.get(batch.mark) ?? [];
  const acknowledged = batches.filter(({ fate }) => fate === 'acknowledged');
  const number = (list: readonly Batch[], wrong: (batch: Batch, events: readonly StoredEvent[]) => boolean): number =>
    list.filter((batch) => wrong(batch, storedOf(batch))).length;
  return {
    acknowledgedLost: number(acknowledged, ({ count }, events) => events.length < count),
    refusedStored: number(
      batches.filter(({ fate }) => fate === 'refused'),
      (_, events) => events.length > 0,
    ),
    torn: number(batches, isTorn),
    wrongAnswers: number(acknowledged, ({ position }, events) => events.at(-1)?.position !== position),
    ...count,
    brokenChains: brokenChains.length,
  };
}

function isTorn({ count, stream }: Batch, events: readonly StoredEvent[]): boolean {
  const [first] = events;
  if (!first) return false;
  const together = events.every(
    (event, index) => event.stream === stream && event.number === index && event.revision === first.revision + index,
  );
  return events.length < count || !together;
}

function judgeReading({ name, only, seen }: Reading, stored: readonly StoredEvent[]): ReaderVerdict {
  const expected = stored.filter(({ category }) => !only || only.includes(category));
  const places = new Map(expected.map(({ id }, place) => [id, place]));
  const given = new Set<string>();
  const count = { repeated: 0, reordered: 0, invented: 0 };
  let furthest = -1;
  for (const id of seen) {
    const place = places.get(id);
    if (place === undefined) count.invented += 1;
    else if (given.has(id)) count.repeated += 1;
    else if (place < furthest) count.reordered += 1;
    given.add(id);
    furthest = Math.max(furthest, place ?? furthest);
  }
  return { reader: name, skipped: expected.filter(({ id }) => !given.has(id)).length, ...count };
}
