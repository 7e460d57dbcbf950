import type { EventStore, RecordedEvent } from '@waymark/event-store';
import type { Waiting } from './hidden.js';
import type { RelayOptions, WindowOptions } from './relay-options.js';
import { payloadsIn } from './said.js';

const pageSize = 500;
/** What is kept in memory. So many hide each other, however early. */
const most = 5_000;

/** The events of one window, gathered from the log. Kept as they are stored: they are translated again when they go. */
export class Window {
  readonly events: RecordedEvent[] = [];
  /** What they say to others, in their order. */
  readonly waiting: Waiting[] = [];
  private readonly crowds = new Map<string, Set<string>>();
  private reached: bigint;

  constructor(
    after: bigint,
    private readonly store: EventStore,
    private readonly options: Pick<RelayOptions, 'categories' | 'translate' | 'window'>,
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

  /**
   * Takes in what has been appended since; nothing behind `end`. Rejects with `CannotTranslate` when it has taken in everything before an
   * event that cannot be translated.
   */
  async gather(end?: bigint): Promise<void> {
    const { categories } = this.options;
    while (end === undefined ? !this.isFull : this.reached < end) {
      const before = this.reached;
      const page = await this.store.readAll({ after: before, categories, limit: pageSize });
      for (const event of page.events) {
        if (end !== undefined && event.position > end) break;
        await this.take(event);
        this.reached = event.position;
      }
      const upTo = page.position;
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

  private async take(event: RecordedEvent): Promise<void> {
    const found = await waitingIn(event, this.options);
    if (found.length > 0) this.events.push(event);
    this.waiting.push(...found.map(({ waiting }) => waiting));
    for (const { type, waiting } of found) this.crowdOf(type).add(waiting.subject);
  }

  private crowdOf(type: string): Set<string> {
    const known = this.crowds.get(type) ?? new Set<string>();
    this.crowds.set(type, known);
    return known;
  }
}

/** What an event says to others, without saying it. */
export async function waitingIn(
  event: RecordedEvent,
  { translate, window }: Pick<RelayOptions, 'translate' | 'window'>,
): Promise<readonly { readonly type: string; readonly waiting: Waiting }[]> {
  const { stream, revision, position, recordedAt } = event;
  return (await payloadsIn(event, { translate })).map((payload, place) => {
    const { type, subject } = payload;
    const hidden = window?.hiding?.of(payload);
    // What looks alike is told apart by what it is: one of a kind is known among many of another.
    const among = hidden && `${type} ${hidden.among}`;
    return {
      type,
      waiting: { stream, revision, position, recordedAt, place, subject, ...(among === undefined ? {} : { among }) },
    };
  });
}
