import type { DataSource, EntityManager } from 'typeorm';
import { decodeMessage, encodeMessage } from '../envelope.js';
import { errorFields, type Log } from '../log.js';
import type { MeasureName } from '../measures.js';
import type { Message, Origin } from '../port.js';
import { BackOff, pause } from '../waiting.js';
import { bury, type Burial, type DeadLetterReason } from './dead-letters.js';
import type { MessageHandler, MessageReaction } from './handlers.js';
import { dropWaiting, locate, lockKey, noteEffect, putAside, waitingOf } from './inbox-tables.js';
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
  /** Records what an operator decided, before it is carried out; again, when that was interrupted. */
  readonly decided: (decision: OperatorDecision) => Promise<void>;
  readonly stopping: AbortSignal;
  readonly log: Log;
  readonly measure: (name: MeasureName, labels?: Readonly<Record<string, string>>) => void;
}

/** Something else moved the key between the reaction and its note: look again. */
class Moved extends Error {}

/** Decides for each delivery whether it has an effect, and makes effect and note one. */
export class Inbox {
  constructor(readonly options: InboxOptions) {}

  /** Resolves when the message has had its effect or is kept in a table; rejects when it must be delivered again. */
  async receive(message: Message, origin: Origin): Promise<void> {
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

  /** True when the message had its effect and others of its key wait behind it. Dead ones are the sweep's. */
  private async attempt(message: Message, origin: Origin): Promise<boolean> {
    const { dataSource, reactions } = this.options;
    const reacts = reactions.has(message.type) && (await this.forecast(message)) === 'next';
    if (reacts) await this.react(message, origin);
    return dataSource.transaction(async (manager) => {
      const { consumer, now, handlers, measure } = this.options;
      const last = await lockKey(manager, consumer, message.source, message.subject);
      const { place, someWaiting } = await locate(manager, consumer, message, last);
      switch (place) {
        case 'next':
          if (reactions.has(message.type) && !reacts) throw new Moved();
          await this.apply(manager, message, origin);
          measure(handlers.has(message.type) || reacts ? 'consumer_messages_handled' : 'consumer_messages_skipped');
          return someWaiting;
        case 'repeat':
          if (someWaiting) await dropWaiting(manager, consumer, message);
          measure('consumer_messages_repeated');
          return someWaiting;
        case 'gap':
          await putAside(manager, consumer, message, { value: encodeMessage(message), origin }, now());
          this.noteGap(message, last);
          return false;
        case 'behind':
        case 'out_of_sequence': {
          const reason = place === 'behind' ? 'behind_dead_letter' : place;
          const detail = `sequence ${message.sequence} after ${last}`;
          this.alarm(reason, await this.buryMessage(manager, message, origin, { reason, detail }), origin);
          return false;
        }
      }
    });
  }

  private async forecast(message: Message): Promise<string> {
    const { consumer, dataSource } = this.options;
    const rows = await dataSource.query<{ last_sequence: string }[]>(
      'select last_sequence from inbox_sequence where consumer = $1 and source = $2 and subject = $3',
      [consumer, message.source, message.subject],
    );
    return (await locate(dataSource.manager, consumer, message, Number(rows[0]?.last_sequence ?? 0))).place;
  }

  private async giveUp(
    message: Message,
    origin: Origin,
    error: unknown,
    failures: { readonly attempts: number; readonly firstFailedAt: string },
  ): Promise<void> {
    const { consumer, dataSource } = this.options;
    await dataSource.transaction(async (manager) => {
      const last = await lockKey(manager, consumer, message.source, message.subject);
      if ((await locate(manager, consumer, message, last)).place !== 'next') return;
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
    if (place !== 'gap') await this.receive(message, letter.origin);
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
