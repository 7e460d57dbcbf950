import { setTimeout as delay } from 'node:timers/promises';
import type { Connections } from './connections.js';

/**
 * Tells the log's followers in which categories something was appended. Apart from the append, because a transaction that
 * notifies commits alone: all others would queue behind it. What is appended while a notification is on its way is told with the
 * next, which leaves after a rest as long as the way took; so it costs little when there is much to tell, and nothing is late
 * when there is little. A notification that gets lost is made up for by the followers' own looking.
 */
export class Announcer {
  readonly #connections: Connections;
  readonly #closing = new AbortController();
  readonly #categories = new Set<string>();
  #telling: Promise<void> | undefined;

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  announce(category: string): void {
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
        await this.#connections.query({
          name: 'waymark-announce',
          // A hint need not wait for the disk.
          text: `select pg_notify('waymark_events', c), set_config('synchronous_commit', 'off', true) from unnest($1::text[]) c`,
          values: [categories],
        });
      } catch {
        // Followers look by themselves; whoever appends next hears of the connection.
      }
      const rest = performance.now() - begun;
      // Timers know whole milliseconds only.
      if (rest >= 1) await delay(rest, undefined, { signal: this.#closing.signal }).catch(() => undefined);
    }
    // In the same breath as the last look: what comes now begins anew.
    this.#telling = undefined;
  }
}
