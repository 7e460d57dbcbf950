export type Duration = {
  readonly days?: number;
  readonly hours?: number;
  readonly minutes?: number;
  readonly seconds?: number;
};

/** A clock that moves only when a test says so. Instants are RFC 3339, UTC, with milliseconds. */
export class FakeClock {
  #epochMs: number;

  constructor(instant = '2026-03-02T08:00:00.000Z') {
    this.#epochMs = epochMs(instant);
  }

  readonly now = (): string => new Date(this.#epochMs).toISOString();

  set(instant: string): void {
    this.#epochMs = epochMs(instant);
  }

  /** Negative amounts turn it back. */
  advance({ days = 0, hours = 0, minutes = 0, seconds = 0 }: Duration): void {
    this.#epochMs += (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
  }
}

function epochMs(instant: string): number {
  const parsed = Date.parse(instant);
  if (Number.isNaN(parsed)) throw new Error(`not an instant: ${instant}`);
  return parsed;
}
