import { oneAtATime } from './one-at-a-time.js';

/** Rejects when the part is not fit for work. A text is a note for operators about one that is. */
export type PartCheck = () => Promise<string | undefined | void>;

const degraded = 'degraded: ';

/** Whether a part is as it should be, from what `check` says of it. */
export const isFit = (state: string): boolean => state === 'ok' || state.startsWith('ok, but ');

/** Whether requests can be taken with a part in this state: it is fit, or none of them has to wait for it (ADR 49). */
export const letsRequestsIn = (state: string): boolean => isFit(state) || state.startsWith(degraded);

const patienceMs = 3_000;

/** Whether the parts a service stands on can be worked with at the moment when it is asked. However many ask, each part is looked at once at a time. */
export class Health {
  private readonly looks: readonly (readonly [string, PartCheck])[];

  /** `aside` names parts without which requests can be taken all the same: what stands against one is said as `degraded: …`. */
  constructor(
    parts: Readonly<Record<string, PartCheck>>,
    private readonly aside: readonly string[] = [],
  ) {
    this.looks = Object.entries(parts).map(([name, check]) => [name, oneAtATime(() => inTime(check()))]);
  }

  /** `ok`, `ok, but …`, `degraded: …`, or why not, for each part; never waits longer than three seconds. */
  async check(): Promise<Record<string, string>> {
    const entries = this.looks.map(async ([name, look]) => [name, await this.outcome(name, look)] as const);
    return Object.fromEntries(await Promise.all(entries));
  }

  private async outcome(name: string, look: PartCheck): Promise<string> {
    try {
      const note = await inTime(look());
      return note ? `ok, but ${note}` : 'ok';
    } catch (error) {
      const reason = error instanceof NotReady ? error.message : 'cannot be reached';
      return error instanceof Degraded || this.aside.includes(name) ? `${degraded}${reason}` : reason;
    }
  }
}

/** A look that hangs holds up the next one no longer than whoever asked for it waits. */
async function inTime<Note>(look: Promise<Note>): Promise<Note> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new NotReady('does not answer')), patienceMs);
  });
  return Promise.race([look, late]).finally(() => clearTimeout(timer));
}

/** A part that answers but is not fit for work; the message may be shown. */
export class NotReady extends Error {}

/** As `NotReady`, of a part that only some requests need: they are refused one by one. */
export class Degraded extends NotReady {}
