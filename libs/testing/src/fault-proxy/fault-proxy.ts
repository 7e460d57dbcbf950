import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { freePort } from '../free-port.js';
import { type Direction, Line, type Weather } from './line.js';

/** Where the proxy leads to. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

interface Gate {
  readonly passed: Promise<void>;
  open(): void;
}
const openGate: Gate = { passed: Promise.resolve(), open: () => undefined };
/** Opens another one, closed before it, as well. */
function closedGate(before: Gate): Gate {
  let pass = (): void => undefined;
  const passed = new Promise<void>((resolve) => (pass = resolve));
  const open = (): void => {
    before.open();
    pass();
  };
  return { passed, open };
}

/**
 * A way to a TCP server with the faults that networks have. Each fault lasts until `heal`, for connections that are open and
 * new ones alike; `cut` and `forget` strike the open ones once. It imitates what a peer sees of a fault at its socket: it
 * does not lose or reorder packets, which TCP would mend.
 */
export class FaultProxy {
  readonly host = '127.0.0.1';
  readonly #lines = new Set<Line>();
  #server: Server | undefined;
  #questions = openGate;
  #answers = openGate;
  #delayMs = 0;
  readonly #left: { [direction in Direction]?: number } = {};

  private constructor(
    private readonly target: Target,
    readonly port: number,
  ) {}

  /** Opens a healthy way on a free port. */
  static async open(target: Target): Promise<FaultProxy> {
    const proxy = new FaultProxy(target, await freePort());
    await proxy.#listen();
    return proxy;
  }

  /** A URL of the target with the proxy's address in place of its own. */
  through(url: string): string {
    const changed = new URL(url);
    changed.hostname = this.host;
    changed.port = String(this.port);
    return changed.href;
  }

  /** Connections that are open at this moment. */
  get connections(): number {
    return this.#lines.size;
  }

  /** Ends all faults: what was held back arrives, and who was refused may come again. */
  async heal(): Promise<void> {
    this.#questions.open();
    this.#answers.open();
    this.#questions = this.#answers = openGate;
    this.#delayMs = 0;
    delete this.#left.questions;
    delete this.#left.answers;
    if (!this.#server) await this.#listen();
  }

  /** Every piece of either direction arrives so much later. */
  delay(milliseconds: number): void {
    this.#delayMs = milliseconds;
  }

  /** Takes connections and passes nothing on, in neither direction. */
  blackHole(): void {
    this.holdAnswers();
    if (this.#questions === openGate) this.#questions = closedGate(openGate);
  }

  /** What the client says arrives and takes effect; the answers are held back. */
  holdAnswers(): void {
    if (this.#answers === openGate) this.#answers = closedGate(openGate);
  }

  /**
   * Goes through a conversation whose answers are held: `pass` lets through what is held at this moment, and nothing that has
   * come since. Whoever looks in between what the server has done by now stops before the answer that tells of it.
   */
  heldAnswers(): { pass(): void } {
    const held = this.#answers;
    this.#answers = closedGate(held);
    return { pass: held.open };
  }

  /** Lets so many more bytes of answers through, over all connections; the one whose answer goes beyond is cut in its middle. */
  cutAnswersAfter(bytes: number): void {
    this.#left.answers = bytes;
  }

  /** The same for what the client says: of the last piece the server gets a part. */
  cutQuestionsAfter(bytes: number): void {
    this.#left.questions = bytes;
  }

  /** Resets the open connections and answers their number. What was held back is lost. */
  cut(): number {
    return this.#each((line) => line.cut());
  }

  /** Half-open: the open connections are gone for the server, and stay for the client without a word. Answers their number. */
  forget(): number {
    return this.#each((line) => line.forget());
  }

  /** Resets the open connections and refuses new ones. */
  refuse(): void {
    this.#server?.close();
    this.#server = undefined;
    this.cut();
  }

  close(): void {
    this.#questions.open();
    this.#answers.open();
    this.refuse();
  }

  #each(strike: (line: Line) => void): number {
    const lines = [...this.#lines];
    for (const line of lines) strike(line);
    return lines.length;
  }

  async #listen(): Promise<void> {
    this.#server = createServer((near) => {
      const far = connect(this.target.port, this.target.host);
      const line: Line = new Line(
        near,
        far,
        () => this.#weather(),
        () => this.#lines.delete(line),
      );
      this.#lines.add(line);
    }).listen(this.port, this.host);
    await once(this.#server, 'listening');
  }

  #weather(): Weather {
    return {
      delayMs: this.#delayMs,
      open: { questions: this.#questions.passed, answers: this.#answers.passed },
      left: (direction, wanted) => {
        const left = this.#left[direction];
        if (left === undefined) return undefined;
        // Whoever is cut has used it up: the connections after it are whole again.
        if (left < wanted) delete this.#left[direction];
        else this.#left[direction] = left - wanted;
        return left;
      },
    };
  }
}
