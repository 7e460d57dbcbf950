import type { DataSource, EntityManager } from 'typeorm';
import { decodeMessage, encodeMessage } from '../envelope.js';
import { errorFields, type Log } from '../log.js';
import type { MeasureName } from '../measures.js';
import type { Message, Origin } from '../port.js';
import { BackOff, pause } from '../waiting.js';
import { bury, type Burial, type DeadLetterReason } from './dead-letters.js';
import type { MessageHandler, MessageReaction } from './handlers.js';
import { Hands, ProcessEnded } from './hands.js';
import {
  dropWaiting,
  locate,
  lockKey,
  noteEffect,
  putAside,
  take,
  waitingOf,
  type KeyState,
  type Place,
} from './inbox-tables.js';
import type { OperatorDecision } from './operator-decision.js';
import { isTemporary } from './temporary-failure.js';

export interface InboxOptions {
  readonly consumer: string;
  readonly dataSource: DataSource;
  readonly handlers: ReadonlyMap<string, MessageHandler>;
  readonly reactions: ReadonlyMap<string, MessageReaction>;
  readonly idFor: (message: Message, label: readonly string[]) => string;
  readonly now: () => string;
  readonly attempts: number;
  readonly firstPauseMs: number;
  readonly mostPauseMs: number;
  readonly gapWaitMs: number;
  readonly keptForMs: number;
  /** Records what an operator decided, before it is carried out; again, when that was interrupted. */
  readonly decided: (decision: OperatorDecision) => Promise<void>;
  readonly stopping: AbortSignal;
  readonly log: Log;
  readonly measure: (name: MeasureName, labels?: Readonly<Record<string, string>>, value?: number) => void;
}

/** Something else moved the key between the reaction and its note: look again. */
class Moved extends Error {}

/** Decides for each delivery whether it has an effect, and makes effect and note one. */
export class Inbox {
  readonly hands: Hands;

  constructor(readonly options: InboxOptions) {
    this.hands = new Hands(options.consumer, options.dataSource);
  }

  /**
   * Resolves when the message has had its effect or is kept in a table; rejects when it must be delivered again. `suspected`: a
   * process may have died with it before.
   */
  async receive(message: Message, origin: Origin, suspected: boolean): Promise<void> {
    if (!suspected || !this.heeds(message)) return this.tryAll(message, origin);
    if ((await this.forecast(message)) === 'next') {
      const deaths = await this.hands.takeUp(message.id, this.options.now(), origin);
      if (deaths.count >= this.options.attempts) {
        const failures = { attempts: deaths.count, firstFailedAt: deaths.since.toISOString() };
        await this.giveUp(message, origin, new ProcessEnded(deaths), failures);
        return this.hands.putDown(message.id);
      }
    }
    try {
      await this.tryAll(message, origin);
    } finally {
      await this.hands.putDown(message.id);
    }
  }

  private async tryAll(message: Message, origin: Origin): Promise<void> {
    const { attempts, firstPauseMs, mostPauseMs, stopping, consumer, log, measure } = this.options;
    const backOff = new BackOff(firstPauseMs, mostPauseMs);
    let firstFailedAt: string | undefined;
    for (let attempt = 1; ;) {
      try {
        if (await this.attempt(message, origin)) await this.takeUp(message.source, message.subject);
        return;
      } catch (error) {
        if (error instanceof Moved) continue;
        if (isTemporary(error)) throw error;
        measure('consumer_handler_failures', { type: message.type });
        log.warn(
          { consumer, messageId: message.id, type: message.type, attempt, ...errorFields(error) },
          'handler failed',
        );
        firstFailedAt ??= this.options.now();
        if (attempt >= attempts) return this.giveUp(message, origin, error, { attempts: attempt, firstFailedAt });
        attempt += 1;
        await pause(backOff.next(), stopping);
        if (stopping.aborted) throw error;
      }
    }
  }

  async receiveUnreadable(value: Buffer, reason: string, origin: Origin): Promise<void> {
    const { consumer, dataSource, now } = this.options;
    const id = await bury(dataSource.manager, consumer, {
      value,
      origin,
      reason: 'unreadable',
      detail: reason,
      now: now(),
    });
    this.alarm('unreadable', id, origin);
  }

  /** Calls the handler in the given transaction, and notes the effect there. */
  async apply(manager: EntityManager, message: Message, origin: Origin): Promise<void> {
    const { consumer, now } = this.options;
    await this.handle(manager, message, origin);
    await noteEffect(manager, consumer, message, now());
  }

  async handle(manager: EntityManager, message: Message, origin: Origin): Promise<void> {
    const { handlers, idFor } = this.options;
    await handlers.get(message.type)?.(message, { manager, origin, id: (...label) => idFor(message, label) });
  }

  async react(message: Message, origin: Origin): Promise<void> {
    const { reactions, idFor } = this.options;
    await reactions.get(message.type)?.(message, { origin, id: (...label) => idFor(message, label) });
  }

  /** Whether it does anything with messages of this type but to follow their sequence. */
  private heeds({ type }: Message): boolean {
    return this.options.handlers.has(type) || this.options.reactions.has(type);
  }

  /** True when the message had its effect and others of its key wait behind it. Dead ones are the sweep's. */
  private async attempt(message: Message, origin: Origin): Promise<boolean> {
    const { consumer, dataSource, handlers, reactions, now } = this.options;
    const mustReact = reactions.has(message.type);
    const reacted = mustReact && (await this.forecast(message)) === 'next';
    if (reacted) await this.react(message, origin);
    if (!handlers.has(message.type) && reacted === mustReact) {
      // Nothing has to commit with the note.
      const state = await take(dataSource.manager, consumer, message, now());
      if (state.place === 'next') return this.conclude(dataSource.manager, message, origin, state);
    }
    return dataSource.transaction(async (manager) => {
      const state = await take(manager, consumer, message, now());
      if (state.place === 'next') {
        if (reacted !== mustReact) throw new Moved();
        await this.handle(manager, message, origin);
      }
      return this.conclude(manager, message, origin, state);
    });
  }

  private async conclude(
    manager: EntityManager,
    message: Message,
    origin: Origin,
    { place, lastSequence, someWaiting }: KeyState,
  ): Promise<boolean> {
    const { consumer, now, measure } = this.options;
    switch (place) {
      case 'next':
        measure(this.heeds(message) ? 'consumer_messages_handled' : 'consumer_messages_skipped');
        return someWaiting;
      case 'repeat':
        if (someWaiting) await dropWaiting(manager, consumer, message);
        measure('consumer_messages_repeated');
        return someWaiting;
      case 'gap':
        await putAside(manager, consumer, message, { value: encodeMessage(message), origin }, now());
        this.noteGap(message, lastSequence);
        return false;
      case 'behind':
      case 'out_of_sequence': {
        const reason = place === 'behind' ? 'behind_dead_letter' : place;
        const detail = `sequence ${message.sequence} after ${lastSequence}`;
        this.alarm(reason, await this.buryMessage(manager, message, origin, { reason, detail }), origin);
        return false;
      }
    }
  }

  private async forecast(message: Message): Promise<Place> {
    const { consumer, dataSource } = this.options;
    return (await locate(dataSource.manager, consumer, message)).place;
  }

  private async giveUp(
    message: Message,
    origin: Origin,
    error: unknown,
    failures: { readonly attempts: number; readonly firstFailedAt: string },
  ): Promise<void> {
    const { consumer, dataSource } = this.options;
    await dataSource.transaction(async (manager) => {
      await lockKey(manager, consumer, message.source, message.subject);
      if ((await locate(manager, consumer, message)).place !== 'next') return;
      const failure =
        error instanceof Error ? { detail: error.message, stack: error.stack ?? '' } : { detail: String(error) };
      const id = await this.buryMessage(manager, message, origin, {
        reason: 'handler_failed',
        ...failure,
        ...failures,
      });
      this.alarm('handler_failed', id, origin);
    });
  }

  private buryMessage(
    manager: EntityManager,
    message: Message,
    origin: Origin,
    why: Pick<Burial, 'reason' | 'detail' | 'stack' | 'attempts' | 'firstFailedAt'>,
  ): Promise<string> {
    const { consumer, now } = this.options;
    return bury(manager, consumer, { ...why, message, value: encodeMessage(message), origin, now: now() });
  }

  /** Handles the waiting messages of a key for as long as each follows the last. */
  async takeUp(source: string, subject: string): Promise<void> {
    const { consumer, dataSource } = this.options;
    const [letter] = await waitingOf(dataSource.manager, consumer, source, subject, 1);
    if (!letter) return;
    const message = decodeMessage(letter.value);
    const place = await this.forecast(message);
    // Those that follow are taken up by the one handled here.
    if (place !== 'gap') await this.receive(message, letter.origin, true);
  }

  private noteGap(message: Message, last: number): void {
    const { consumer, log, measure } = this.options;
    measure('consumer_sequence_gaps');
    const { id, source, subject, sequence } = message;
    log.warn(
      { consumer, messageId: id, source, subject, sequence, last },
      'a message before this one is missing, it waits',
    );
  }

  alarm(reason: DeadLetterReason, deadLetterId: string, origin: Origin): void {
    const { consumer, log, measure } = this.options;
    measure('consumer_dead_letters', { reason });
    log.error({ consumer, reason, deadLetterId, ...origin }, 'message became a dead letter');
  }
}
