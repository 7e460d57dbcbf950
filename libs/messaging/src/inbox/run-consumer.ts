import type { DataSource } from 'typeorm';
import { derivedId } from '../derived-id.js';
import { errorFields, type Log } from '../log.js';
import type { OnMeasure } from '../measures.js';
import type { Bus, Subscription } from '../port.js';
import { pause } from '../waiting.js';
import { copyDeadLetters } from './dead-letter-copies.js';
import { openDeadLetters, type DeadLetter } from './dead-letters.js';
import { forgetOld } from './forget.js';
import type { MessageHandler, MessageReaction } from './handlers.js';
import { Inbox } from './inbox.js';
import type { OperatorDecision } from './operator-decision.js';
import { carryOutOrders } from './orders.js';
import { receiveMany } from './receive-many.js';
import { redrive, type RedriveResult } from './redrive.js';
import { standingOf, standsAnything, type Standing } from './standing.js';
import { sweepKeys } from './sweep.js';

export type { DeadLetter, DeadLetterReason } from './dead-letters.js';
export type { HandlerContext, MessageHandler, MessageReaction, ReactionContext } from './handlers.js';
export type { OperatorDecision, OperatorReason } from './operator-decision.js';
export type { RedriveResult } from './redrive.js';
export type { Standing } from './standing.js';

export interface ConsumerOptions {
  readonly bus: Bus;
  /** Name of the consumer, on the bus and in its tables. */
  readonly group: string;
  readonly topics: readonly string[];
  /** The service's own database, with `inboxMigration` and those that follow it applied in their order. */
  readonly dataSource: DataSource;
  readonly handlers?: Readonly<Record<string, MessageHandler>>;
  readonly reactions?: Readonly<Record<string, MessageReaction>>;
  readonly log: Log;
  readonly clock?: { now(): string };
  /** Failures that are not temporary are tried again up to `attempts` times in all (default 5, from 100 ms doubling). */
  readonly retries?: { readonly attempts?: number; readonly firstPauseMs?: number; readonly mostPauseMs?: number };
  /** How long a message waits for one that is missing before it (default 60 s). */
  readonly gapWaitMs?: number;
  /** How long the rows of messages, closed dead letters and orders are kept (default 90 days). */
  readonly keptForMs?: number;
  /** How often waiting messages and operators' orders are looked at (default 1 s); what is old is forgotten sixty times less often. */
  readonly sweepEveryMs?: number;
  readonly onMeasure?: OnMeasure;
  /**
   * Records in the log that an operator discarded a message or gave up a missing one. Called before it is carried out, and again
   * when that was interrupted; the order waits for as long as it rejects.
   */
  readonly onDecision: (decision: OperatorDecision) => Promise<void>;
}

export interface Consumer {
  readonly ready: Promise<void>;
  stop(): Promise<void>;
  /** What stands still: for metrics and readiness. */
  standing(): Promise<Standing>;
  /** Messages behind the end of each partition of its topics, those of other members included. */
  lag(): ReturnType<Subscription['lag']>;
  /** Open dead letters, oldest first. */
  deadLetters(): Promise<readonly DeadLetter[]>;
  /**
   * Handles a dead letter and those of its key in order, and opens the key again when all went through. A sequence gap stays closed
   * until the missing message came. Rejects for an id that is not open.
   */
  redrive(deadLetterId: string): Promise<RedriveResult>;
}

/**
 * Consumes topics with exactly one effect per message: repeats are dropped, the sequence of each subject is followed, and a message
 * that cannot be handled becomes a dead letter behind which only its own key waits.
 */
export function runConsumer(options: ConsumerOptions): Consumer {
  const { bus, group, topics, dataSource, log } = options;
  const stopping = new AbortController();
  const now = (): string => options.clock?.now() ?? new Date().toISOString();
  const inbox = new Inbox({
    consumer: group,
    dataSource,
    handlers: new Map(Object.entries(options.handlers ?? {})),
    reactions: new Map(Object.entries(options.reactions ?? {})),
    idFor: (message, label) => derivedId(group, message.source, message.id, ...label),
    now,
    attempts: options.retries?.attempts ?? 5,
    firstPauseMs: options.retries?.firstPauseMs ?? 100,
    mostPauseMs: options.retries?.mostPauseMs ?? 5_000,
    gapWaitMs: options.gapWaitMs ?? 60_000,
    keptForMs: options.keptForMs ?? 90 * 86_400_000,
    decided: options.onDecision,
    stopping: stopping.signal,
    log,
    measure: (name, labels = {}, value = 1) => options.onMeasure?.(name, value, { consumer: group, ...labels }),
  });

  const subscription = bus.subscribe({
    group,
    topics,
    handle: async (message, origin) => inbox.receive(message, origin, await inbox.hands.suspects(origin)),
    handleMany: (deliveries) => receiveMany(inbox, deliveries),
    unreadable: (raw, origin) => inbox.receiveUnreadable(raw.value, raw.reason, origin),
    ...(options.onMeasure ? { onMeasure: options.onMeasure } : {}),
  });

  const steps = [sweepKeys, carryOutOrders, (swept: Inbox) => copyDeadLetters(swept, bus)];
  const sweep = async (): Promise<void> => {
    if (await standsAnything(dataSource.manager, group)) for (const step of steps) await step(inbox).catch(sweepFailed);
  };
  const sweepFailed = (error: unknown): void => log.warn({ consumer: group, ...errorFields(error) }, 'sweep failed');
  const every = async (ms: number, work: () => Promise<void>): Promise<void> => {
    while (!stopping.signal.aborted) {
      await pause(ms, stopping.signal);
      await work().catch(sweepFailed);
    }
  };
  const sweepEveryMs = options.sweepEveryMs ?? 1_000;
  const sweeping = Promise.all([every(sweepEveryMs, sweep), every(60 * sweepEveryMs, () => forgetOld(inbox))]);

  return {
    ready: subscription.ready,
    stop: async () => {
      stopping.abort();
      await Promise.all([subscription.stop(), sweeping]);
      await inbox.hands
        .letGo()
        .catch((error: unknown) => log.debug({ consumer: group, ...errorFields(error) }, 'holders not noted'));
    },
    standing: () => standingOf(dataSource.manager, group, now()),
    lag: () => subscription.lag(),
    deadLetters: () => openDeadLetters(dataSource.manager, group),
    redrive: (deadLetterId) => redrive(inbox, deadLetterId),
  };
}
