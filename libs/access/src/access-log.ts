import { randomUUID } from 'node:crypto';
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

/** Data of the event `ClientDataRead`, schema version 1. Nothing in it is sealed, so nothing in it may say what was read. */
export interface ClientDataRead {
  readonly resource: string;
  readonly what: string;
  readonly ground: string;
  readonly outcome: 'allowed' | 'refused';
  readonly clientId?: string;
}

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
      const read: ClientDataRead = {
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
          schemaVersion: 1,
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
