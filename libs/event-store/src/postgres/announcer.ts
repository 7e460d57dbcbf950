import { setTimeout as delay } from 'node:timers/promises';
import type { Connections } from './connections.js';
import type { WakeUp } from './wake-up.js';

const shortestRest = 5;

const announcement = {
  name: 'waymark-announce',
  // A hint need not wait for the disk.
  text: `select pg_notify('waymark_events', c), set_config('synchronous_commit', 'off', true) from unnest($1::text[]) c`,
};

/**
 * Tells the log's followers in which categories something was appended. Apart from the append, because a transaction that
 * notifies commits alone: all others would queue behind it. What is appended while a notification is on its way is told with the
 * next, which leaves after a rest as long as the way took, and some milliseconds at least; so it costs little when there is much
 * to tell, and nothing is late when there is little. A notification that gets lost is made up for by the followers' own looking.
 */
export class Announcer {
  readonly #connections: Connections;
  readonly #wakeUp: WakeUp;
  readonly #closing = new AbortController();
  readonly #categories = new Set<string>();
  #telling: Promise<void> | undefined;

  constructor(connections: Connections, wakeUp: WakeUp) {
    this.#connections = connections;
    this.#wakeUp = wakeUp;
  }

  /** The followers of this process hear of it at once. */
  announce(category: string): void {
    this.#wakeUp.heard(category);
    if (this.#closing.signal.aborted) return;
    this.#categories.add(category);
    this.#telling ??= this.#tell();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#telling;
  }

  async #tell(): Promise<void> {
    while (this.#categories.size > 0) {
      const categories = [...this.#categories];
      this.#categories.clear();
      const begun = performance.now();
      try {
        // Over the connection that listens, they are not told a second time.
        const { listener } = this.#wakeUp;
        const query = { ...announcement, values: [categories] };
        await (listener ? listener.query(query) : this.#connections.query(query));
      } catch {
        // Followers look by themselves; whoever appends next hears of the connection.
      }
      const rest = Math.max(performance.now() - begun, shortestRest);
      await delay(rest, undefined, { signal: this.#closing.signal }).catch(() => undefined);
    }
    // In the same breath as the last look: what comes now begins anew.
    this.#telling = undefined;
  }
}
