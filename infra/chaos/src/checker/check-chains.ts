import { createHash } from 'node:crypto';
import { grouped, type LoggedEvent } from './evidence.js';
import type { Finding } from './finding.js';

/** SHA-256 of fields, each behind its length as 4 bytes: docs/event-log.md, "The hash chain". */
function digest(...fields: readonly (string | Buffer)[]): Buffer {
  const hash = createHash('sha256');
  for (const field of fields) {
    const bytes = typeof field === 'string' ? Buffer.from(field, 'utf8') : field;
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  }
  return hash.digest();
}

/** Recomputes the chain of every stream from its name on. A stream that was cut off at its end is whole up to there. */
export function checkChains(log: readonly LoggedEvent[]): readonly Finding[] {
  const findings: Finding[] = [];
  for (const [stream, events] of grouped(log, (event) => event.stream)) {
    let previous = digest('waymark-stream-v1', stream);
    for (const [index, event] of events.entries()) {
      const { id, type, schemaVersion, dataText, metadataText, revision, recordedAt } = event;
      const content = digest('waymark-content-v1', id, type, schemaVersion, dataText, metadataText);
      previous = digest('waymark-chain-v1', previous, String(index), recordedAt, content);
      if (revision === index && event.hash === previous.toString('hex')) continue;
      findings.push({ promise: 'hash chains broken', what: `${stream} at revision ${revision}` });
      break;
    }
  }
  return findings;
}
