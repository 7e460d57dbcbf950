import { contentHash, type StoredEvent } from '../chain.js';

/** In the order of the rows that `copyText` makes. */
export const copyStatement = `
  copy waymark.events (
    position, stream_id, category, revision, event_id, type, schema_version, data, metadata,
    recorded_at, content_hash, hash
  ) from stdin`;

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
const escaped = (text: string): string => text.replace(/[\\\n\r\t]/g, (character) => escapes[character] ?? character);

/** A row in the text format of COPY; null is NULL. */
export const copyLine = (values: readonly (string | null)[]): string =>
  `${values.map((value) => (value === null ? '\\N' : escaped(value))).join('\t')}\n`;

const lineOf = (event: StoredEvent): string =>
  copyLine(
    [
      ...[event.position, event.stream, event.stream.split('-', 1)[0], event.revision],
      ...[event.id, event.type, event.schemaVersion, event.data, event.metadata],
      ...[event.recordedAt, `\\x${contentHash(event).toString('hex')}`, `\\x${event.hash}`],
    ].map(String),
  );

const chunkLength = 262_144;

/** Rows in the text format of COPY, some together in a chunk. `onCopied` hears how many have gone. */
export async function* copyText(
  events: AsyncIterable<StoredEvent>,
  onCopied: (events: number) => void,
): AsyncGenerator<string, void, undefined> {
  let chunk = '';
  let count = 0;
  for await (const event of events) {
    chunk += lineOf(event);
    count += 1;
    if (chunk.length < chunkLength) continue;
    yield chunk;
    chunk = '';
    onCopied(count);
  }
  if (chunk) yield chunk;
  onCopied(count);
}
