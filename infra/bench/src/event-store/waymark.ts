import { openPostgresEventStore } from '@waymark/event-store';
import type { FreshDatabase } from '../bench-server.js';
import { logRoleOn } from './log-role.js';
import type { SystemUnderBench } from './systems.js';

/** Waymark's log through its port, with everything on: roles, hash chain, idempotence. */
export async function openWaymark(database: FreshDatabase): Promise<SystemUnderBench> {
  const store = openPostgresEventStore({ url: await logRoleOn(database), poolSize: 64 });
  return {
    name: 'waymark',
    append: async (stream, holds, events) => {
      await store.append(stream, holds === 0 ? 'none' : holds - 1, events);
    },
    readStream: async (stream) => {
      let count = 0;
      for await (const event of store.readStream(stream)) if (event.stream === stream) count += 1;
      return count;
    },
    readAll: async (atMost) => {
      let count = 0;
      for (let after = 0n; count < atMost;) {
        const { events, position } = await store.readAll({ after, limit: Math.min(5_000, atMost - count) });
        if (position === after) break;
        count += events.length;
        after = position;
      }
      return count;
    },
    follow: async (onEvent) => {
      const ending = new AbortController();
      let after = 0n;
      for (;;) {
        const { position } = await store.readAll({ after, limit: 10_000 });
        if (position === after) break;
        after = position;
      }
      const following = (async () => {
        for await (const page of store.subscribe({ after, signal: ending.signal })) {
          for (const event of page.events) onEvent(event.id);
        }
      })();
      return {
        stop: async () => {
          ending.abort();
          await following;
        },
      };
    },
    close: () => store.close(),
  };
}
