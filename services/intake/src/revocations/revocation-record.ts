import type { EventStore } from '@waymark/event-store';
import { derivedId } from '@waymark/messaging';
import type { Call, Clock } from '@waymark/service-kit';

interface Revoked {
  readonly personId: string;
  readonly reason: string;
  readonly call: Call;
}

/** Keeps in the log who took back whose tokens, and why. Ids and codes only: they stand there in the clear. */
export class RevocationRecord {
  constructor(
    private readonly store: Pick<EventStore, 'append'>,
    private readonly clock: Clock,
  ) {}

  /** Once for a command, however often it is repeated. */
  async write({ personId, reason, call }: Revoked): Promise<void> {
    await this.store.append(`intake_operations-${derivedId('access revoked', personId)}`, 'any', [
      {
        id: derivedId('access revoked', call.commandId),
        type: 'AccessRevoked',
        schemaVersion: 1,
        data: { personId, reason },
        metadata: {
          actor: call.actor,
          correlationId: call.correlationId,
          causationId: call.commandId,
          occurredAt: this.clock.now(),
        },
      },
    ]);
  }
}
