import pg from 'pg';
import type { StoredEvent } from '../chain.js';
import type { EventMetadata, RecordedEvent } from '../port.js';

/** For reading queries: every column as the text that the server sends. The driver's own reading of times and bytes is slow. */
export const asText: pg.CustomTypesConfig = { getTypeParser: () => (text: string) => text };

/** A row of `waymark.read_stream`, and of `waymark.read_all` but its last, read `asText`. */
export interface EventRow {
  readonly position: string;
  readonly stream_id: string;
  readonly revision: string;
  readonly event_id: string;
  readonly type: string;
  readonly schema_version: string;
  readonly data: string;
  readonly metadata: string;
  readonly recorded_at: string;
  readonly hash: string;
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

const isoInUtc = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,3})?\+00$/;
const parseTime: (text: string) => Date = pg.types.getTypeParser(pg.types.builtins.TIMESTAMPTZ);

/** As `Date.prototype.toISOString` writes it. The server writes times as the session's time zone and date style have it. */
export function toIsoTime(text: string): string {
  if (!isoInUtc.test(text)) return parseTime(text).toISOString();
  const milliseconds = text.slice(20, -3).padEnd(3, '0');
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${milliseconds}Z`;
}

export function toRecordedEvent(row: EventRow): RecordedEvent {
  const data: object = JSON.parse(row.data);
  const metadata: EventMetadata = JSON.parse(row.metadata);
  return {
    id: row.event_id,
    type: row.type,
    schemaVersion: Number(row.schema_version),
    data,
    metadata,
    stream: row.stream_id,
    category: row.stream_id.slice(0, row.stream_id.indexOf('-')),
    revision: Number(row.revision),
    position: BigInt(row.position),
    recordedAt: toIsoTime(row.recorded_at),
    hash: row.hash.slice(2),
    stored: { data: row.data, metadata: row.metadata },
  };
}

export const asStoredRow = (row: EventRow): StoredEvent => ({
  id: row.event_id,
  type: row.type,
  schemaVersion: Number(row.schema_version),
  data: row.data,
  metadata: row.metadata,
  stream: row.stream_id,
  revision: Number(row.revision),
  position: BigInt(row.position),
  recordedAt: toIsoTime(row.recorded_at),
  hash: row.hash.slice(2),
});

export function toPageState(row: PageRow): PageState {
  const state: PageState = JSON.parse(row.data);
  return state;
}
