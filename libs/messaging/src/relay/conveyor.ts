import type { Page } from '@waymark/event-store';
import type { Message } from '../port.js';
import type { Leadership } from './leadership.js';
import type { RelayOptions } from './relay-options.js';
import { messagesFor, type Said, saidBy } from './said.js';
import { Sequences } from './sequences.js';

export interface ConveyorHooks {
  /** A page was sent and noted. */
  readonly onNoted: () => void;
  /** Something under way failed: nothing more may be taken, and `empty` throws the reason. */
  readonly onFailed: () => void;
}

/**
 * Takes pages of the log in order: composes a page while the one before is being sent, and notes that one while this one is sent.
 * Never sends a page before the one before was acknowledged, and notes them in order: after a failure anywhere, what was sent last
 * may be sent again, and nothing is left out.
 */
export class Conveyor {
  private readonly sequences: Sequences;
  private sending: Promise<void> = Promise.resolve();
  private noting: Promise<void> = Promise.resolve();

  constructor(
    private readonly options: RelayOptions,
    private readonly leadership: Leadership,
    private readonly hooks: ConveyorHooks,
  ) {
    this.sequences = new Sequences(leadership);
  }

  /**
   * Resolves when the page is composed and on its way. Rejects with what failed before it, or with `CannotTranslate` once what lies before
   * the event that cannot be translated is sent and noted: nothing may be taken after that.
   */
  async take(page: Page): Promise<void> {
    const { said, position, failed } = await saidBy(page, this.options);
    if (position !== undefined) await this.send(said, position);
    if (failed === undefined) return;
    await this.empty();
    await this.leadership.confirm();
    throw failed;
  }

  /** What is said up to a position. */
  private async send(said: readonly Said[], position: bigint): Promise<void> {
    if (said.length === 0) {
      await this.empty();
      return this.leadership.passOver(position);
    }
    if (this.sequences.isFull) {
      await this.empty();
      this.sequences.forget();
    }
    const messages = await messagesFor(said, this.options, this.sequences);
    const reached = this.sequences.reachedBy(messages);
    await this.sending;
    this.sending = this.options.bus.publish(this.options.topic, messages);
    // Thrown by whoever waits for it; until somebody does, it is nobody's failure.
    this.sending.catch(() => undefined);
    const noted = this.noting;
    this.noting = this.note(noted, this.sending, messages, position, reached);
    // The next page may be long in coming, so a failure is told at once; it is thrown by whoever waits next.
    this.noting.then(this.hooks.onNoted, this.hooks.onFailed);
    // At most two pages are under way.
    await noted;
  }

  /** Resolves when everything taken is sent and noted; rejects with what failed. */
  async empty(): Promise<void> {
    await this.sending;
    await this.noting;
  }

  private async note(
    before: Promise<void>,
    sending: Promise<void>,
    messages: readonly Message[],
    position: bigint,
    reached: ReadonlyMap<string, number>,
  ): Promise<void> {
    await before;
    await sending;
    await this.leadership.advance(position, reached, messages.length);
    this.options.onMeasure?.('relay_messages_published', messages.length, { service: this.options.service });
  }
}
