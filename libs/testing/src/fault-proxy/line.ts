import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export type Direction = 'questions' | 'answers';

/** What the proxy does at this moment to all that passes. */
export interface Weather {
  readonly delayMs: number;
  /** Settles when bytes of that direction may pass. */
  readonly open: Readonly<Record<Direction, Promise<void>>>;
  /** Bytes of that direction that still pass before the line is cut; undefined: all. */
  readonly left: (direction: Direction, wanted: number) => number | undefined;
}

/** One connection through the proxy: `near` is the client's end, `far` the server's. */
export class Line {
  readonly #ended = new AbortController();
  /** One promise for all pieces: a listener for each would pile up behind a gate. */
  readonly #over = once(this.#ended.signal, 'abort');
  #forgotten = false;

  constructor(
    private readonly near: Socket,
    private readonly far: Socket,
    private readonly weather: () => Weather,
    private readonly onEnd: () => void,
  ) {
    for (const socket of [near, far]) socket.setNoDelay(true).on('error', () => undefined);
    near.on('close', () => this.#end());
    far.on('close', () => this.#forgotten || this.#end());
    void this.#carry(near, far, 'questions').catch(() => this.cut());
    void this.#carry(far, near, 'answers').catch(() => this.#forgotten || this.cut());
  }

  /** Both ends are told by a reset; what was on its way is lost. */
  cut(): void {
    this.near.resetAndDestroy();
    this.far.resetAndDestroy();
    this.#end();
  }

  /** The server's end is gone, and the client hears nothing of it: its bytes vanish, as behind a firewall that forgot it. */
  forget(): void {
    this.#forgotten = true;
    this.far.resetAndDestroy();
  }

  async #carry(from: Socket, to: Socket, direction: Direction): Promise<void> {
    const { signal } = this.#ended;
    for await (const chunk of from) {
      if (this.#forgotten) continue;
      await Promise.race([this.weather().open[direction], this.#over]);
      const { delayMs, left: leftOf } = this.weather();
      if (delayMs > 0) await delay(delayMs, undefined, { signal });
      if (signal.aborted) return;
      const bytes: Buffer = chunk;
      const left = leftOf(direction, bytes.length);
      if (left !== undefined && left < bytes.length) {
        // The part has to have left before the reset, which would take it along.
        await new Promise((resolve) => to.write(bytes.subarray(0, left), resolve));
        return this.cut();
      }
      if (!to.write(bytes) && !this.#forgotten) await once(to, 'drain', { signal });
    }
    to.end();
  }

  #end(): void {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort();
    this.near.destroy();
    this.far.destroy();
    this.onEnd();
  }
}
