import { randomUUID } from 'node:crypto';
import { openPostgresEventStore } from '@waymark/event-store';
import { openKafkaBus, relayMigration, resetRelay, runRelay, type Bus } from '@waymark/messaging';
import pg from 'pg';
import type { FreshDatabase } from '../bench-server.js';
import { newEvents, newStream } from '../event-store/events.js';
import { logRoleOn } from '../event-store/log-role.js';

const service = 'bench';
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: console.error };

/** A log of so many events and a relay that publishes one message for each of them. */
export async function openRelay(database: FreshDatabase, brokers: readonly string[], events: number) {
  const store = openPostgresEventStore({ url: await logRoleOn(database) });
  for (let appended = 0; appended < events; appended += 500)
    await store.append(newStream(), 'none', newEvents(Math.min(500, events - appended)));
  const pool = new pg.Pool({ connectionString: database.url, max: 4 });
  pool.on('error', () => undefined);
  await pool.query(relayMigration);
  const bus = openKafkaBus({ brokers, clientId: service, log: silent });

  return {
    /** Publishes the whole log to a topic that nothing was sent to; answers how many messages. */
    publishAll: async (topic: string): Promise<number> => {
      await resetRelay(pool, service);
      let published = 0;
      let last: () => void;
      const complete = new Promise<void>((resolve) => (last = resolve));
      const counting: Bus = {
        ...bus,
        publish: async (to, messages) => {
          await bus.publish(to, messages);
          published += messages.length;
          if (published >= events) last();
        },
      };
      const relay = runRelay({
        ...{ service, store, pool, topic, log: silent, bus: counting, categories: ['concern'] },
        translate: ({ id, stream, metadata }) => ({
          type: 'bench.something-happened.v1',
          // As many aggregates as there are messages: the relay counts the sequence of each.
          subject: id,
          data: { stream, at: metadata.occurredAt, note: randomUUID().repeat(5) },
        }),
      });
      await complete;
      await relay.stop();
      return published;
    },
    close: async (): Promise<void> => {
      await bus.close();
      await pool.end();
      await store.close();
    },
  };
}
