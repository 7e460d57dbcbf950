import type { EntityManager } from 'typeorm';
import type { Message, Origin } from '../port.js';

export interface ReactionContext {
  readonly origin: Origin;
  /** An id that is the same each time this consumer handles this message: for the events and streams that follow from it. */
  readonly id: (...label: readonly string[]) => string;
}

export interface HandlerContext extends ReactionContext {
  /** The transaction in which the message is noted as handled. All effects go through it and no other connection. */
  readonly manager: EntityManager;
}

/** Effects that are rows of the consumer's own database: they commit with the note that the message was handled, or not at all. */
export type MessageHandler = (message: Message, context: HandlerContext) => Promise<void>;

/**
 * Effects elsewhere, such as events in the log: may be called again for the same message, also at the same time, and must change
 * nothing then. Take all ids from `context.id`.
 */
export type MessageReaction = (message: Message, context: ReactionContext) => Promise<void>;
