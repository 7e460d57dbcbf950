import type { DataSource } from 'typeorm';
import { derivedId } from '../derived-id.js';
import { errorFields, type Log } from '../log.js';
import type { OnMeasure } from '../measures.js';
import type { Bus } from '../port.js';
import { pause } from '../waiting.js';
import { openDeadLetters, type DeadLetter } from './dead-letters.js';
import type { MessageHandler, MessageReaction } from './handlers.js';
import { Inbox } from './inbox.js';
import { receiveMany } from './receive-many.js';
import { redrive, type RedriveResult } from './redrive.js';

export type { DeadLetter, DeadLetterReason } from './dead-letters.js';
export type { HandlerContext, MessageHandler, MessageReaction, ReactionContext } from './handlers.js';
export type { RedriveResult } from './redrive.js';

export interface ConsumerOptions {
  readonly bus: Bus;
  /** Name of the consumer, on the bus and in its tables. */
  readonly group: string;
  readonly topics: readonly string[];
  /** The service's own database, with `inboxMigration` applied. */
  readonly dataSource: DataSource;
  readonly handlers?: Readonly<Record<string, MessageHandler>>;
  readonly reactions?: Readonly<Record<string, MessageReaction>>;
  readonly log: Log;
  readonly clock?: { now(): string };
  /** Failures that are not temporary are tried again up to `attempts` times in all (default 5, from 100 ms doubling). */
  readonly retries?: { readonly attempts?: number; readonly firstPauseMs?: number; readonly mostPauseMs?: number };
  /** How long a message waits for one that is missing before it (default 60 s). */
  readonly gapWaitMs?: number;
  /** How often waiting messages are looked at (default 1 s). */
  readonly sweepEveryMs?: number;
  readonly onMeasure?: OnMeasure;
}

export interface Consumer {
  readonly ready: Promise<void>;
  stop(): Promise<void>;
  /** Open dead letters, oldest first. */
  deadLetters(): Promise<readonly DeadLetter[]>;
  /**
   * Handles a dead letter and those of its key in order, and opens the key again when all went through. A sequence gap stays closed
   * until the missing message came, unless `acceptGap` says to go on without it. Rejects for an id that is not open.
   */
  redrive(deadLetterId: string, options?: { readonly acceptGap?: boolean }): Promise<RedriveResult>;
}

/**
 * Consumes topics with exactly one effect per message: repeats are dropped, the sequence of each subject is followed, and a message
 * that cannot be handled becomes a dead letter behind which only its own key waits.
 */
export function runConsumer(options: ConsumerOptions): Consumer {
  const { bus, group, topics, dataSource, log } = options;
  const stopping = new AbortController();
  const inbox = new Inbox({
    consumer: group,
    dataSource,
    handlers: new Map(Object.entries(options.handlers ?? {})),
    reactions: new Map(Object.entries(options.reactions ?? {})),
    idFor: (message, label) => derivedId(group, message.source, message.id, ...label),
    now: () => options.clock?.now() ?? new Date().toISOString(),
    attempts: options.retries?.attempts ?? 5,
    firstPauseMs: options.retries?.firstPauseMs ?? 100,
    mostPauseMs: options.retries?.mostPauseMs ?? 5_000,
    gapWaitMs: options.gapWaitMs ?? 60_000,
    stopping: stopping.signal,
    log,
    measure: (name, labels = {}) => options.onMeasure?.(name, 1, { consumer: group, ...labels }),
  });

  const subscription = bus.subscribe({
    group,
    topics,
    handle: (message, origin) => inbox.receive(message, origin),
    handleMany: (deliveries) => receiveMany(inbox, deliveries),
    unreadable: (raw, origin) => inbox.receiveUnreadable(raw.value, raw.reason, origin),
  });

  const sweep = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await pause(options.sweepEveryMs ?? 1_000, stopping.signal);
      await inbox
        .sweep()
        .catch((error: unknown) => log.warn({ consumer: group, ...errorFields(error) }, 'sweep failed'));
    }
  };
  const sweeping = sweep();

  return {
    ready: subscription.ready,
    stop: async () => {
      stopping.abort();
      await Promise.all([subscription.stop(), sweeping]);
    },
    deadLetters: () => openDeadLetters(dataSource.manager, group),
    redrive: (deadLetterId, { acceptGap = false } = {}) => redrive(inbox, deadLetterId, acceptGap),
  };
}
