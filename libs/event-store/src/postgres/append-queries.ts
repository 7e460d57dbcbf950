import type { ExpectedRevision } from '../port.js';
import { checkExpected, type SerializedEvent } from '../validation.js';
import { binaryArray, binaryBigInteger, binaryInteger, binaryUuid } from './binary-array.js';
import type { Query } from './connections.js';

/** An append of one event; `expected` as `expectedCode` has it. */
export interface SingleAppend {
  readonly stream: string;
  readonly expected: number;
  readonly event: SerializedEvent;
}

/** The expected revision as the functions of the database take it. Refuses what can be none. */
export function expectedCode(expected: ExpectedRevision): number {
  const checked = checkExpected(expected);
  switch (checked) {
    case 'none':
      return -1;
    case 'any':
      return -2;
    case 'exists':
      return -3;
    default:
      return checked;
  }
}

export const appendOne = ({ stream, expected, event }: SingleAppend): Query => ({
  name: 'waymark-append-event',
  text: 'select revision, "position", repeated from waymark.append_event($1, $2, $3, $4, $5, $6, $7)',
  values: [stream, expected, event.id, event.type, event.schemaVersion, event.data, event.metadata],
});

/** The arrays go as they are: as text, each quotation mark of each event would be escaped here and read again there. */
const columnsOf = (events: readonly SerializedEvent[]): readonly Buffer[] => [
  binaryArray('uuid', events, (event) => binaryUuid(event.id)),
  binaryArray('text', events, (event) => event.type),
  binaryArray('int4', events, (event) => binaryInteger(event.schemaVersion)),
  binaryArray('text', events, (event) => event.data),
  binaryArray('text', events, (event) => event.metadata),
];

export const appendMany = (stream: string, expected: number, batch: readonly SerializedEvent[]): Query => ({
  name: 'waymark-append-events',
  text: 'select revision, "position", repeated from waymark.append_events($1, $2, $3, $4, $5, $6, $7)',
  values: [stream, expected, ...columnsOf(batch)],
});

/** Appends to different streams, each with its own outcome: what is not among the rows has not been stored. */
export const appendEach = (appends: readonly SingleAppend[]): Query => ({
  name: 'waymark-append-each',
  text: 'select stream, revision, "position" from waymark.append_each($1, $2, $3, $4, $5, $6, $7)',
  values: [
    binaryArray('text', appends, ({ stream }) => stream),
    binaryArray('int8', appends, ({ expected }) => binaryBigInteger(expected)),
    ...columnsOf(appends.map(({ event }) => event)),
  ],
});
