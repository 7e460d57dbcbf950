import { setTimeout as pause } from 'node:timers/promises';
import type { EventStore } from '@waymark/event-store';

const answerWithinMs = 2_000;

/**
 * Looks into the log, when it is asked, for what a follower has not been told of: it may have been given no page because appends
 * before it are open for long, or because its subscription is silent. A log that does not answer counts as behind from the question on.
 */
export class Unseen {
  private asking: Promise<void> | undefined;
  private unansweredSince: number | undefined;
  private since: number | undefined;

  constructor(
    private readonly store: EventStore,
    private readonly categories: readonly string[],
  ) {}

  /** Since when there has been something after what was seen, as far as that is known within two seconds; undefined when there is none. */
  async find(seen: bigint): Promise<number | undefined> {
    this.unansweredSince ??= Date.now();
    this.asking ??= this.ask(seen).finally(() => {
      this.asking = undefined;
    });
    await Promise.race([this.asking, pause(answerWithinMs, undefined, { ref: false })]);
    return this.since ?? this.unansweredSince;
  }

  private async ask(after: bigint): Promise<void> {
    const { store, categories } = this;
    try {
      if ((await endOf(store, categories, after)) <= after) this.since = undefined;
      else {
        const { events } = await store.readAll({ after, categories, limit: 1 });
        this.since = events[0] ? Date.parse(events[0].recordedAt) : (this.since ?? this.unansweredSince);
      }
      this.unansweredSince = undefined;
    } catch {
      // Stays unanswered until it is asked again.
    }
  }
}

interface Look {
  after: bigint;
  readonly end: Promise<bigint>;
}
/** Looks to the end of a log that are about to begin, by their categories. */
const beginning = new WeakMap<EventStore, Map<string, Look>>();

/** As `newest`. Followers of the same categories who ask at once, as for the metrics of a service, get one look: from where the last of them is. */
function endOf(store: EventStore, categories: readonly string[], after: bigint): Promise<bigint> {
  const looks = beginning.get(store) ?? new Map<string, Look>();
  beginning.set(store, looks);
  const key = categories.toSorted().join();
  const joined = looks.get(key);
  if (joined) {
    if (after < joined.after) joined.after = after;
    return joined.end;
  }
  const look: Look = {
    after,
    end: Promise.resolve().then(() => {
      looks.delete(key);
      return store.newest({ after: look.after, categories });
    }),
  };
  looks.set(key, look);
  return look.end;
}

/** Since the earliest of them; 0 when there is none. */
export const secondsSince = (...moments: readonly (number | undefined)[]): number =>
  Math.max(0, ...moments.map((since) => (since === undefined ? 0 : (Date.now() - since) / 1000)));
