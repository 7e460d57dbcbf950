import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EventStore } from '../port.js';

type Wanted = Parameters<EventStore['readAll']>[0];

/**
 * One read for all who want the same at the same moment: the followers of a service are woken together, stand at the same place, and
 * would each ask for the same page. None of them gets a page that was begun before they asked, so that nobody misses what woke them.
 */
export class Together<Page> {
  readonly #gathering = new Map<string, Promise<Page>>();

  constructor(private readonly readAlone: (wanted: Wanted) => Promise<Page>) {}

  read(wanted: Wanted): Promise<Page> {
    const { after, categories = [], limit } = wanted;
    const key = JSON.stringify([String(after), [...new Set(categories)].sort(), limit]);
    const begun = this.#gathering.get(key);
    if (begun) return begun;
    const reading = nextTurn().then(() => {
      this.#gathering.delete(key);
      return this.readAlone(wanted);
    });
    this.#gathering.set(key, reading);
    return reading;
  }
}
