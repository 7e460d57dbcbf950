import { randomUUID } from 'node:crypto';
import { type EventStore, openPostgresEventStore } from '@waymark/event-store';
import type { Stage } from '@waymark/stage';

export interface EventTold {
  readonly type: string;
  readonly data?: object;
  readonly by?: { readonly kind: string; readonly id: string };
  readonly at: string;
  readonly unit?: string;
  readonly id?: string;
}

/** Writes histories as the services write them: each with its own role, into its own streams. */
export class RecordedHistory {
  private readonly stores = new Map<string, EventStore>();
  private readonly correlationId = randomUUID();

  constructor(private readonly stage: Stage) {}

  /** Appends one event; answers its id and where it stands. */
  async tell(service: string, stream: string, { type, data, by, at, unit, id }: EventTold) {
    const eventId = id ?? randomUUID();
    const { position } = await this.storeOf(service).append(stream, 'any', [
      {
        id: eventId,
        type,
        schemaVersion: 1,
        data: data ?? {},
        metadata: {
          actor: by ?? { kind: 'service', id: service },
          ...(unit === undefined ? {} : { unit }),
          correlationId: this.correlationId,
          causationId: randomUUID(),
          occurredAt: at,
        },
      },
    ]);
    return { id: eventId, position };
  }

  async close(): Promise<void> {
    await Promise.all([...this.stores.values()].map((store) => store.close()));
  }

  private storeOf(service: string): EventStore {
    const known = this.stores.get(service);
    if (known) return known;
    const store = openPostgresEventStore({ url: String(this.stage.environmentOf(service).EVENT_STORE_URL) });
    this.stores.set(service, store);
    return store;
  }
}

/** What a field looks like in the log once it is sealed. */
export const sealed = (text: string): object => ({
  $sealed: { subject: randomUUID(), data: Buffer.from(`not readable: ${text}`).toString('base64url') },
});
