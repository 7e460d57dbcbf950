import { randomUUID } from 'node:crypto';
import { Type } from '@sinclair/typebox';
import { formed, id } from '@waymark/contracts';
import { declareEvents, versionToWrite } from '@waymark/event-sourcing';
import type { EventMetadata, EventStore } from '@waymark/event-store';
import { dateOf, type Clock } from './clock.js';
import type { Principal } from './principal.js';

/** One reading of client data, or the refusal of one. */
export interface AccessRecord {
  readonly principal: Principal;
  /** Stream of what was read, such as `concern-<id>`. */
  readonly subjectStream: string;
  readonly clientId?: string;
  /** What for, in a word from the domain, such as `triage`. */
  readonly purpose: string;
  /** What allowed it, or was missing: `allocation`, `team`, a consent event's id. Never free text. */
  readonly ground: string;
  /** Name of the query, or of the fields. */
  readonly what: string;
  readonly outcome: 'allowed' | 'refused';
  readonly correlationId: string;
  /** For a record that may be made again: the second with the same id, in the same stream, changes nothing. Fresh when absent. */
  readonly eventId?: string;
}

/** What a list showed to somebody on one ground. */
export interface ListRecord extends Pick<AccessRecord, 'principal' | 'purpose' | 'ground' | 'what' | 'correlationId'> {
  /** Streams of what its lines are about. */
  readonly shown: readonly string[];
  /** Of the event, and of the stream that it alone lies in: the second record with the same id changes nothing. */
  readonly eventId: string;
}

const stream = formed(/^[a-z][a-z0-9_]*-[A-Za-z0-9_-]{1,128}$/, 'concern-018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b10');
const ground = formed(/^[a-z_]{1,64}(:[0-9a-f-]{36})?$/, 'allocated_officer');

/** The events of the access log. Nothing in them is sealed, so nothing in them may say what was read. */
export const accessEvents = declareEvents({
  ClientDataRead: {
    version: 1,
    data: {
      resource: stream,
      what: formed(/^[A-Za-z_]{1,64}$/, 'GetConcern'),
      ground,
      outcome: Type.Union([Type.Literal('allowed'), Type.Literal('refused')]),
      clientId: Type.Optional(id),
    },
    sealed: {},
  },
  ClientDataListed: {
    version: 1,
    data: {
      what: formed(/^[A-Za-z_]{1,64}$/, 'ListConcerns'),
      ground,
      shown: Type.Array(stream, { minItems: 1 }),
    },
    sealed: {},
  },
});

export interface AccessLog {
  /** Rejects when the record is not durable; the read must then fail as well. */
  record(record: AccessRecord): Promise<void>;
  /** The same for what a list shows. */
  recordList(record: ListRecord): Promise<void>;
}

/** Keeps the access log in the event store: `concern-<id>` read is an event in `<category>-<id>`, and each page of a list one in a stream of its own. */
export function createAccessLog(options: {
  readonly store: Pick<EventStore, 'append'>;
  /** Such as `intake_access`; the service must be allowed to append to it. */
  readonly category: string;
  readonly clock?: Clock;
}): AccessLog {
  const { store, category, clock } = options;
  const metadataOf = ({ principal, purpose, correlationId }: Told): EventMetadata => ({
    actor: { kind: principal.kind, id: principal.kind === 'anonymous' ? 'anonymous' : principal.id },
    ...(principal.kind === 'staff' && principal.unit !== undefined ? { unit: principal.unit } : {}),
    purpose,
    correlationId,
    causationId: correlationId,
    occurredAt: dateOf(clock).toISOString(),
  });
  return {
    async record(record) {
      const { subjectStream, clientId, ground, what, outcome, eventId } = record;
      const subjectId = subjectStream.slice(subjectStream.indexOf('-') + 1);
      const read = {
        resource: subjectStream,
        what,
        ground,
        outcome,
        ...(clientId === undefined ? {} : { clientId }),
      };
      await store.append(`${category}-${subjectId}`, 'any', [
        {
          id: eventId ?? randomUUID(),
          type: 'ClientDataRead',
          schemaVersion: versionToWrite(accessEvents, 'ClientDataRead', read),
          data: read,
          metadata: metadataOf(record),
        },
      ]);
    },

    async recordList(record) {
      const { what, ground, shown, eventId } = record;
      const listed = { what, ground, shown };
      await store.append(`${category}-${eventId}`, 'any', [
        {
          id: eventId,
          type: 'ClientDataListed',
          schemaVersion: versionToWrite(accessEvents, 'ClientDataListed', listed),
          data: listed,
          metadata: metadataOf(record),
        },
      ]);
    },
  };
}

type Told = Pick<AccessRecord, 'principal' | 'purpose' | 'correlationId'>;
