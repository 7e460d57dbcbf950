import type { StoredEvent } from '@waymark/event-store';

interface Sum {
  readonly events: number;
  /** Of data and metadata. */
  readonly bytes: number;
}

export interface CategoryTally extends Sum {
  readonly category: string;
  readonly streams: number;
  readonly types: readonly ({ readonly type: string } & Sum)[];
}

export interface Tally extends Sum {
  readonly streams: number;
  readonly firstRecordedAt: string | null;
  readonly lastRecordedAt: string | null;
  readonly categories: readonly CategoryTally[];
  /** By the clock of the log, in UTC, the last first; days without an event as well. */
  readonly days: readonly { readonly day: string; readonly events: number }[];
}

const dayLength = 86_400_000;
const noSum: Sum = { events: 0, bytes: 0 };
const plus = (one: Sum, other: Sum): Sum => ({ events: one.events + other.events, bytes: one.bytes + other.bytes });

/** Counts a log in one pass; its memory grows with the categories, types and days. */
export class LogTally {
  events = 0;
  readonly #streams = new Map<string, number>();
  readonly #types = new Map<string, Map<string, Sum>>();
  readonly #days = new Map<string, number>();
  #first: string | null = null;
  #last: string | null = null;

  add({ stream, revision, type, recordedAt, data, metadata }: StoredEvent): void {
    const category = stream.slice(0, stream.indexOf('-'));
    const types = this.#types.get(category) ?? new Map<string, Sum>();
    this.#types.set(category, types);
    const bytes = Buffer.byteLength(data) + Buffer.byteLength(metadata);
    types.set(type, plus(types.get(type) ?? noSum, { events: 1, bytes }));
    // A stream has one event at revision 0, so that nothing needs to be kept of each.
    if (revision === 0) this.#streams.set(category, (this.#streams.get(category) ?? 0) + 1);
    const day = recordedAt.slice(0, 10);
    this.#days.set(day, (this.#days.get(day) ?? 0) + 1);
    if (this.#first === null || recordedAt < this.#first) this.#first = recordedAt;
    if (this.#last === null || recordedAt > this.#last) this.#last = recordedAt;
    this.events += 1;
  }

  result(days: number): Tally {
    const categories = [...this.#types].sort(byName).map(([category, byType]) => {
      const types = [...byType].sort(byName).map(([type, sum]) => ({ type, ...sum }));
      return { category, streams: this.#streams.get(category) ?? 0, ...types.reduce<Sum>(plus, noSum), types };
    });
    return {
      ...categories.reduce<Sum>(plus, noSum),
      streams: categories.reduce((sum, { streams }) => sum + streams, 0),
      firstRecordedAt: this.#first,
      lastRecordedAt: this.#last,
      categories,
      days: this.#lastDays(days),
    };
  }

  #lastDays(count: number): Tally['days'] {
    if (this.#last === null) return [];
    const last = Date.parse(this.#last.slice(0, 10));
    return Array.from({ length: count }, (_, index) => {
      const day = new Date(last - index * dayLength).toISOString().slice(0, 10);
      return { day, events: this.#days.get(day) ?? 0 };
    });
  }
}

const byName = ([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number =>
  one < other ? -1 : 1;
