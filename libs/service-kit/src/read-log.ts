import { randomUUID } from 'node:crypto';
import { createAccessLog, type Principal } from '@waymark/access';
import type { EventStore } from '@waymark/event-store';
import type { Clock } from './clock.js';

/** Records reads of client data in the service's own `<service>_access` streams. A read that cannot be recorded fails. */
export class ReadLog {
  private readonly log: ReturnType<typeof createAccessLog>;

  constructor(service: string, store: EventStore, clock: Clock) {
    this.log = createAccessLog({ store, category: `${service}_access`, clock });
  }

  /** `ground` says which rule let the reader in, such as `allocated_officer`, `team`, `consent:<event id>`. */
  async read(entry: {
    readonly principal: Principal;
    readonly stream: string;
    readonly clientId?: string;
    readonly what: string;
    readonly ground: string;
    readonly purpose?: string;
    readonly refused?: boolean;
    /** Recorded once under this id, however often it is asked for. */
    readonly eventId?: string;
  }): Promise<void> {
    const { stream, refused, purpose, ...rest } = entry;
    await this.log.record({
      ...rest,
      subjectStream: stream,
      purpose: purpose ?? 'case_work',
      outcome: refused ? 'refused' : 'allowed',
      correlationId: randomUUID(),
    });
  }
}
