import type { AppendResult } from '../port.js';
import type { SingleAppend } from './append-queries.js';

type Together = (appends: readonly SingleAppend[]) => Promise<readonly (() => Promise<AppendResult>)[]>;

interface Waiting {
  readonly append: SingleAppend;
  readonly settle: (result: Promise<AppendResult>) => void;
}

/** Calls on their way at once: while one waits for the disk, the other's events are written. */
const mostFlights = 2;
const mostTogether = 64;
/** Characters of the events of one call; a longer event goes by itself. */
const longestTogether = 1_048_576;
/** A call that takes longer waits for something that need not concern the others. Milliseconds. */
const patience = 50;

const lengthOf = ({ event }: SingleAppend): number => event.data.length + event.metadata.length;

/**
 * Gathers appends while others are on their way, and sends what has gathered as one call: one way to the server and one commit
 * for many. Who comes alone leaves at once. A call holds each stream and each event id once.
 */
export class Gathering {
  readonly #together: Together;
  #waiting: Waiting[] = [];
  #flights = 0;

  /** `together` answers for each append, in order, how to come by its outcome; it does not reject. */
  constructor(together: Together) {
    this.#together = together;
  }

  add(append: SingleAppend): Promise<AppendResult> {
    const outcome = new Promise<AppendResult>((resolve) => this.#waiting.push({ append, settle: resolve }));
    this.#launch();
    return outcome;
  }

  #launch(): void {
    while (this.#flights < mostFlights && this.#waiting.length > 0) void this.#fly(this.#take());
  }

  async #fly(crew: readonly Waiting[]): Promise<void> {
    this.#flights += 1;
    let counts = true;
    const landed = (): void => {
      if (!counts) return;
      counts = false;
      this.#flights -= 1;
      this.#launch();
    };
    const timer = setTimeout(landed, patience);
    const outcomes = await this.#together(crew.map(({ append }) => append));
    clearTimeout(timer);
    for (const [index, { settle }] of crew.entries()) {
      const outcome = outcomes[index];
      if (outcome) settle(outcome());
    }
    landed();
  }

  #take(): readonly Waiting[] {
    const crew: Waiting[] = [];
    const left: Waiting[] = [];
    const taken = new Set<string>();
    let length = 0;
    for (const waiting of this.#waiting) {
      const { stream, event } = waiting.append;
      const full =
        crew.length === mostTogether || (crew.length > 0 && length + lengthOf(waiting.append) > longestTogether);
      if (full || taken.has(stream) || taken.has(event.id)) {
        left.push(waiting);
        continue;
      }
      taken.add(stream).add(event.id);
      length += lengthOf(waiting.append);
      crew.push(waiting);
    }
    this.#waiting = left;
    return crew;
  }
}
