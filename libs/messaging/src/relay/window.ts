import type { EventStore, RecordedEvent } from '@waymark/event-store';
import { payloadsOf } from './compose.js';
import type { RelayOptions, WindowOptions } from './relay-options.js';

const pageSize = 500;
/** What is kept in memory. So many hide each other, however early. */
const most = 5_000;

/** The events of one window, gathered from the log. Kept as they are stored: they are translated again when they go. */
export class Window {
  readonly events: RecordedEvent[] = [];
  private readonly crowds = new Map<string, Set<string>>();
  private reached: bigint;

  constructor(
    after: bigint,
    private readonly store: EventStore,
    private readonly options: Pick<RelayOptions, 'categories' | 'translate'>,
  ) {
    this.reached = after;
  }

  /** Up to here everything is in it. */
  get position(): bigint {
    return this.reached;
  }

  get isEmpty(): boolean {
    return this.events.length === 0;
  }

  get isFull(): boolean {
    return this.events.length >= most;
  }

  /** Takes in what has been appended since; nothing behind `end`. */
  async gather(end?: bigint): Promise<void> {
    const { categories, translate } = this.options;
    while (end === undefined ? !this.isFull : this.reached < end) {
      const page = await this.store.readAll({ after: this.reached, categories, limit: pageSize });
      for (const event of page.events) {
        if (end !== undefined && event.position > end) break;
        const payloads = payloadsOf(await translate(event));
        if (payloads.length > 0) this.events.push(event);
        for (const { type, subject } of payloads) this.crowdOf(type).add(subject);
      }
      const [before, upTo] = [this.reached, page.position];
      this.reached = end !== undefined && upTo > end ? end : upTo;
      // Less than a page is the end of the log, but for what was not settled then.
      if (this.reached === before || (end === undefined && page.events.length < pageSize)) return;
    }
  }

  isRipe({ delayMs, crowd, latestMs }: WindowOptions, now: number): boolean {
    const [first] = this.events;
    if (!first) return false;
    if (this.isFull) return true;
    const waited = now - Date.parse(first.recordedAt);
    if (waited < delayMs) return false;
    return waited >= latestMs || [...this.crowds.values()].every((subjects) => subjects.size >= crowd);
  }

  private crowdOf(type: string): Set<string> {
    const known = this.crowds.get(type) ?? new Set<string>();
    this.crowds.set(type, known);
    return known;
  }
}
