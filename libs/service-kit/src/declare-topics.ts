import { setTimeout as pause } from 'node:timers/promises';
import { WrongTopics, type Bus, type TopicDeclaration } from '@waymark/messaging';
import { NotReady } from './health.js';
import type { Log } from './log.js';

export interface DeclaredTopics {
  /** Rejects with `NotReady` that says what is wrong, unless all topics are there now and were as they must be. */
  demandReady(): Promise<void>;
  /** Asks no more. What is under way ends with the bus. */
  stop(): void;
}

/** The topics that a service needs. */
export interface NeededTopics {
  /** A relay makes each again when the bus has lost it, and publishes everything anew. */
  readonly relayed: readonly string[];
  /** Nobody publishes on them regularly, so they are made again here. */
  readonly own: readonly (string | TopicDeclaration)[];
}

const nameOf = (topic: string | TopicDeclaration): string => (typeof topic === 'string' ? topic : topic.name);

/**
 * Declares a service's topics. A bus that is away does not keep the service from starting: commands need only the event store, so
 * it is asked again every second until it answers and all is as declared, and readiness says so meanwhile. Afterwards it looks now and
 * then whether its own have gone.
 */
export async function declareTopics(
  bus: Bus,
  { relayed, own }: NeededTopics,
  log: Log,
  { againMs = 1_000, lookMs = 5_000 } = {},
): Promise<DeclaredTopics> {
  const names = [...relayed, ...own.map(nameOf)];
  const stopping = new AbortController();
  let fault: string | undefined = 'topics are not there yet';
  const declare = async (topics: readonly (string | TopicDeclaration)[]): Promise<void> => {
    try {
      await bus.ensureTopics(topics);
      fault = undefined;
    } catch (error) {
      if (error instanceof WrongTopics) {
        // Once, not every second: an administrator has to put it right.
        if (fault !== error.message) log.error({ fault: error.message }, 'topics are not as declared');
        fault = error.message;
      } else log.warn({ err: error }, 'the bus cannot be reached, topics are declared later');
    }
  };
  const ownAreGone = async (): Promise<boolean> => {
    const missing = await bus.missing?.(own.map(nameOf)).catch(() => []);
    return missing !== undefined && missing.length > 0;
  };
  await declare([...relayed, ...own]);
  const goOn = async (): Promise<void> => {
    for (;;) {
      await pause(fault === undefined ? lookMs : againMs, undefined, { signal: stopping.signal }).catch(
        () => undefined,
      );
      if (stopping.signal.aborted) return;
      if (fault !== undefined) await declare([...relayed, ...own]);
      else if (await ownAreGone()) await declare(own);
    }
  };
  void goOn();
  return {
    demandReady: async () => {
      if (fault !== undefined) throw new NotReady(fault);
      const missing = (await bus.missing?.(names)) ?? [];
      if (missing.length > 0) throw new NotReady(`topics are missing: ${missing.join(', ')}`);
    },
    stop: () => stopping.abort(),
  };
}
