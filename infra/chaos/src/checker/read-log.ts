import { isFields, type Fields, type LoggedEvent } from './evidence.js';

/** Asks a database; a superuser's connection, because no service may look at all of it. */
export type Ask = (sql: string) => Promise<readonly Fields[]>;

const parse = (json: string): Fields => {
  const value: unknown = JSON.parse(json);
  return isFields(value) ? value : {};
};

/** The whole log as it lies in its table. */
export async function readLog(ask: Ask): Promise<readonly LoggedEvent[]> {
  const rows = await ask(
    `select position::text, stream_id, category, revision::text, event_id::text, type, schema_version::text, data, metadata,
       to_char(recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as recorded_at, encode(hash, 'hex') as hash
     from waymark.events order by events.position`,
  );
  return rows.map((row) => {
    const column = (name: string): string => String(row[name]);
    const [dataText, metadataText] = [column('data'), column('metadata')];
    return {
      position: BigInt(column('position')),
      stream: column('stream_id'),
      category: column('category'),
      revision: Number(column('revision')),
      id: column('event_id'),
      type: column('type'),
      schemaVersion: column('schema_version'),
      recordedAt: column('recorded_at'),
      hash: column('hash'),
      dataText,
      metadataText,
      data: parse(dataText),
      metadata: parse(metadataText),
    };
  });
}
