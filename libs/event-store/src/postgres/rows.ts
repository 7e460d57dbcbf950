import type { StoredEvent } from '../chain.js';
import type { EventMetadata, RecordedEvent } from '../port.js';

/** A row of `waymark.read_stream`, and of `waymark.read_all` but its last. int8 arrives as text. */
export interface EventRow {
  readonly position: string;
  readonly stream_id: string;
  readonly revision: string;
  readonly event_id: string;
  readonly type: string;
  readonly schema_version: number;
  readonly data: string;
  readonly metadata: string;
  readonly recorded_at: Date;
  readonly hash: Buffer;
}

/** The last row of `waymark.read_all`. */
export interface PageRow {
  readonly position: string;
  readonly event_id: null;
  readonly data: string;
}

/** What is known about positions that nobody can fill any more; `waymark.read_all` explains it. */
export interface Horizon {
  readonly settled: string;
  readonly fence: string | null;
  readonly waitingFor: readonly string[];
}

export interface PageState extends Horizon {
  readonly blocked: boolean;
}

export function toRecordedEvent(row: EventRow): RecordedEvent {
  const data: object = JSON.parse(row.data);
  const metadata: EventMetadata = JSON.parse(row.metadata);
  return {
    id: row.event_id,
    type: row.type,
    schemaVersion: row.schema_version,
    data,
    metadata,
    stream: row.stream_id,
    category: row.stream_id.slice(0, row.stream_id.indexOf('-')),
    revision: Number(row.revision),
    position: BigInt(row.position),
    recordedAt: row.recorded_at.toISOString(),
    hash: row.hash.toString('hex'),
    stored: { data: row.data, metadata: row.metadata },
  };
}

export const asStoredRow = (row: EventRow): StoredEvent => ({
  id: row.event_id,
  type: row.type,
  schemaVersion: row.schema_version,
  data: row.data,
  metadata: row.metadata,
  stream: row.stream_id,
  revision: Number(row.revision),
  position: BigInt(row.position),
  recordedAt: row.recorded_at.toISOString(),
  hash: row.hash.toString('hex'),
});

export function toPageState(row: PageRow): PageState {
  const state: PageState = JSON.parse(row.data);
  return state;
}
