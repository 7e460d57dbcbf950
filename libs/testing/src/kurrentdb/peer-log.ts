/** A record of the peer's log. */
export interface LogRecord {
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly isJson: boolean;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
  /** Offset in the log: with the writes that this protocol has, commit and prepare position are the same. */
  readonly position: bigint;
  readonly created: Date;
}

export type Proposed = Pick<LogRecord, 'id' | 'type' | 'isJson' | 'data' | 'metadata'>;
export type Expected = number | 'any' | 'exists' | 'none';
export type Outcome =
  | { readonly is: 'stored' | 'idempotent'; readonly revision: number; readonly position: bigint }
  | { readonly is: 'wrong'; readonly current: number }
  | { readonly is: 'deleted' };

interface Settings {
  readonly $tb?: number;
  readonly $maxCount?: number;
}

const deletedForNow = Number.MAX_SAFE_INTEGER;
/** Of a record, besides what the caller gave. */
const overhead = 96;

/** What an event counts for in the limit of an append: two bytes for each letter of the type, and its bytes. */
export const sizeOf = ({ type, data, metadata }: Proposed): number => type.length * 2 + data.length + metadata.length;

/**
 * The log of the peer, after what KurrentDB does in `IndexWriter.CheckCommit`, `StorageWriterService` and `AllReader`: expected
 * revisions, idempotence, deletion, truncation, positions. In memory, on one node, never slow, never scavenged by itself.
 */
export class PeerLog {
  readonly records: LogRecord[] = [];
  readonly #streams = new Map<string, LogRecord[]>();
  readonly #tombstones = new Set<string>();
  /** Ids that appends expecting no certain revision are compared with. The server keeps 8 MiB of them, and none over a restart. */
  readonly #recent = new Map<string, LogRecord>();
  readonly #followers = new Set<(record: LogRecord) => void>();
  #end = 0n;

  constructor(private readonly recentIds: number) {
    for (const type of ['$UserCreated', '$metadata']) this.writeSystemEvent('$user-admin', type);
  }

  append(stream: string, expected: Expected, events: readonly Proposed[]): Outcome {
    if (this.#tombstones.has(stream)) return { is: 'deleted' };
    const current = this.#last(stream);
    if (expected === 'exists' && this.#isSoftDeleted(stream)) return { is: 'deleted' };
    if (expected === 'exists' && current < 0) return { is: 'wrong', current };
    const before = this.#before(stream, current, expected, events);
    if (before !== 'new') return before;
    if (typeof expected === 'number' && expected !== current) return { is: 'wrong', current };
    const undelete = this.#isSoftDeleted(stream);
    if (expected === 'none' && current >= 0 && !undelete) return { is: 'wrong', current };
    const records = events.map((event, index) => this.#write(stream, current + 1 + index, event));
    if (undelete) this.setMetadata(stream, { $tb: current + 1 });
    const last = records.at(-1);
    return { is: 'stored', revision: current + events.length, position: last?.position ?? this.#end };
  }

  /** Events that can be seen, or undefined where the server answers that there is no such stream. */
  read(stream: string): readonly LogRecord[] | 'deleted' | undefined {
    if (this.#tombstones.has(stream)) return 'deleted';
    const records = this.#streams.get(stream);
    if (!records || this.#isSoftDeleted(stream)) return undefined;
    const { $tb = 0, $maxCount } = this.#settings(stream);
    const first = Math.max($tb, $maxCount === undefined ? 0 : records.length - $maxCount);
    return records.slice(first);
  }

  /** So many records after a position, and whether these are all there are. */
  after(position: bigint, count: number): { readonly step: readonly LogRecord[]; readonly isEnd: boolean } {
    let [low, high] = [0, this.records.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.records[middle]?.position ?? 0n) > position) high = middle;
      else low = middle + 1;
    }
    return { step: this.records.slice(low, low + count), isEnd: low + count >= this.records.length };
  }

  writeSystemEvent(stream: string, type: string, data: object = {}): void {
    const id = crypto.randomUUID();
    const event = { id, type, isJson: true, data: Buffer.from(JSON.stringify(data)), metadata: new Uint8Array() };
    this.#write(stream, this.#last(stream) + 1, event);
  }

  setMetadata(stream: string, settings: Settings): void {
    this.writeSystemEvent(`$$${stream}`, '$metadata', settings);
  }

  softDelete(stream: string): void {
    this.setMetadata(stream, { $tb: deletedForNow });
  }

  tombstone(stream: string): void {
    this.writeSystemEvent(stream, '$streamDeleted');
    this.#tombstones.add(stream);
  }

  /** Takes what no stream shows any more out of the whole log. Positions stay. */
  scavenge(): void {
    const kept = this.records.filter(({ stream, revision }) => {
      const visible = this.read(stream);
      return stream.startsWith('$') || (visible !== 'deleted' && visible?.some((each) => each.revision === revision));
    });
    this.records.splice(0, this.records.length, ...kept);
  }

  /** As after a backup was put back: the last records are gone, and what comes takes their positions. */
  setBack(records: number): void {
    for (const record of this.records.splice(this.records.length - records)) {
      this.#streams.get(record.stream)?.pop();
      if (this.#streams.get(record.stream)?.length === 0) this.#streams.delete(record.stream);
      this.#recent.delete(record.id);
      this.#end = record.position < this.#end ? record.position : this.#end;
    }
  }

  onRecord(follower: (record: LogRecord) => void): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  #last = (stream: string): number => this.#streams.get(stream)?.at(-1)?.revision ?? -1;

  #settings(stream: string): Settings {
    const last = this.#streams.get(`$$${stream}`)?.at(-1);
    const settings: Settings = last ? JSON.parse(Buffer.from(last.data).toString()) : {};
    return settings;
  }

  #isSoftDeleted = (stream: string): boolean => this.#settings(stream).$tb === deletedForNow;

  /** Whether the same append was made before. With a certain revision that is read from the log, else from memory. */
  #before(stream: string, current: number, expected: Expected, events: readonly Proposed[]): Outcome | 'new' {
    const exact = expected === 'none' ? -1 : expected;
    if (typeof exact === 'number' && exact >= current) return 'new';
    const same = (event: Proposed, index: number): LogRecord | undefined => {
      if (typeof exact !== 'number') {
        const recent = this.#recent.get(event.id);
        return recent?.stream === stream ? recent : undefined;
      }
      const there = this.#streams.get(stream)?.[exact + 1 + index];
      return there?.id === event.id ? there : undefined;
    };
    const found = events.map(same);
    const last = found.at(-1);
    if (last && found.every((record) => record !== undefined))
      return { is: 'idempotent', revision: last.revision, position: last.position };
    // A batch of which only the beginning is there; the server calls it corrupted idempotence, and answers this.
    if (found[0]) return { is: 'wrong', current };
    return 'new';
  }

  #write(stream: string, revision: number, event: Proposed): LogRecord {
    const record: LogRecord = { ...event, stream, revision, position: this.#end, created: new Date() };
    this.#end += BigInt(overhead + sizeOf(event));
    this.records.push(record);
    const records = this.#streams.get(stream);
    if (records) records.push(record);
    else this.#streams.set(stream, [record]);
    this.#recent.set(event.id, record);
    for (const oldest of this.#recent.keys()) {
      if (this.#recent.size <= this.recentIds) break;
      this.#recent.delete(oldest);
    }
    for (const follower of this.#followers) follower(record);
    return record;
  }
}
