import { randomUUID } from 'node:crypto';
import { createAccessLog, type Principal, purposeStatedBy } from '@waymark/access';
import type { StatedPurpose } from '@waymark/contracts';
import type { EventStore } from '@waymark/event-store';
import type { Clock } from './clock.js';

/** What whoever is let in on a ground reads for, unless they say it. */
const usual: Readonly<Record<string, StatedPurpose>> = {
  team: 'accompaniment',
  allocated_officer: 'accompaniment',
  supervisor: 'supervision',
  auditor: 'audit',
};

/** Records reads of client data in the service's own `<service>_access` streams. A read that cannot be recorded fails. */
export class ReadLog {
  private readonly log: ReturnType<typeof createAccessLog>;

  constructor(service: string, store: EventStore, clock: Clock) {
    this.log = createAccessLog({ store, category: `${service}_access`, clock });
  }

  /**
   * `ground` says which rule let the reader in, such as `allocated_officer`, `team`, `consent:<event id>`. Without a `purpose` it is what
   * the reader states, else what is usual on that ground.
   */
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
      purpose: purpose ?? purposeStatedBy(rest.principal) ?? usual[rest.ground] ?? 'case_work',
      outcome: refused ? 'refused' : 'allowed',
      correlationId: randomUUID(),
    });
  }
}
