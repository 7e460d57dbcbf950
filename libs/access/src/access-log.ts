import { randomUUID } from 'node:crypto';
import { Type } from '@sinclair/typebox';
import { declareEvents, versionToWrite } from '@waymark/event-sourcing';
import type { EventStore } from '@waymark/event-store';
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
}

/** The events of the access log. Nothing in them is sealed, so nothing in them may say what was read. */
export const accessEvents = declareEvents({
  ClientDataRead: {
    version: 1,
    data: {
      resource: Type.String(),
      what: Type.String(),
      ground: Type.String(),
      outcome: Type.Union([Type.Literal('allowed'), Type.Literal('refused')]),
      clientId: Type.Optional(Type.String()),
    },
    sealed: {},
  },
});

export interface AccessLog {
  /** Rejects when the record is not durable; the read must then fail as well. */
  record(record: AccessRecord): Promise<void>;
}

/** Keeps the access log in the event store: `concern-<id>` read is an event in `<category>-<id>`. */
export function createAccessLog(options: {
  readonly store: Pick<EventStore, 'append'>;
  /** Such as `intake_access`; the service must be allowed to append to it. */
  readonly category: string;
  readonly clock?: Clock;
}): AccessLog {
  return {
    async record({ principal, subjectStream, clientId, purpose, ground, what, outcome, correlationId }) {
      const id = subjectStream.slice(subjectStream.indexOf('-') + 1);
      const read = {
        resource: subjectStream,
        what,
        ground,
        outcome,
        ...(clientId === undefined ? {} : { clientId }),
      };
      await options.store.append(`${options.category}-${id}`, 'any', [
        {
          id: randomUUID(),
          type: 'ClientDataRead',
          schemaVersion: versionToWrite(accessEvents, 'ClientDataRead', read),
          data: read,
          metadata: {
            actor: { kind: principal.kind, id: principal.kind === 'anonymous' ? 'anonymous' : principal.id },
            ...(principal.kind === 'staff' && principal.unit !== undefined ? { unit: principal.unit } : {}),
            purpose,
            correlationId,
            causationId: correlationId,
            occurredAt: dateOf(options.clock).toISOString(),
          },
        },
      ]);
    },
  };
}
