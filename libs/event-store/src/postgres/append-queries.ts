import type { ExpectedRevision } from '../port.js';
import { checkExpected, type SerializedEvent } from '../validation.js';
import { binaryArray, binaryInteger, binaryUuid } from './binary-array.js';
import type { Query } from './connections.js';

const codeOf = (expected: ExpectedRevision): number => {
  switch (expected) {
    case 'none':
      return -1;
    case 'any':
      return -2;
    case 'exists':
      return -3;
    default:
      return expected;
  }
};

export const appendOne = (stream: string, expected: ExpectedRevision, event: SerializedEvent): Query => ({
  name: 'waymark-append-event',
  text: 'select revision, "position", repeated from waymark.append_event($1, $2, $3, $4, $5, $6, $7)',
  values: [
    ...[stream, codeOf(checkExpected(expected)), event.id, event.type],
    ...[event.schemaVersion, event.data, event.metadata],
  ],
});

/** The arrays go as they are: as text, each quotation mark of each event would be escaped here and read again there. */
export const appendMany = (stream: string, expected: ExpectedRevision, batch: readonly SerializedEvent[]): Query => ({
  name: 'waymark-append-events',
  text: 'select revision, "position", repeated from waymark.append_events($1, $2, $3, $4, $5, $6, $7)',
  values: [
    stream,
    codeOf(checkExpected(expected)),
    binaryArray('uuid', batch, (event) => binaryUuid(event.id)),
    binaryArray('text', batch, (event) => event.type),
    binaryArray('int4', batch, (event) => binaryInteger(event.schemaVersion)),
    binaryArray('text', batch, (event) => event.data),
    binaryArray('text', batch, (event) => event.metadata),
  ],
});
