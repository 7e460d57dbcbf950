import { setTimeout as pause } from 'node:timers/promises';
import type { Bus } from '@waymark/messaging';
import type { Log } from './log.js';

export interface TopicDeclaration {
  /** Whether all topics are known to be there. */
  declared(): boolean;
  /** Asks no more. What is under way ends with the bus. */
  stop(): void;
}

/**
 * Declares a service's topics. A bus that is away does not keep the service from starting: commands need only the event store, so
 * it is asked again until it answers, and readiness says so meanwhile.
 */
export async function declareTopics(
  bus: Bus,
  topics: readonly string[],
  log: Log,
  everyMs = 1000,
): Promise<TopicDeclaration> {
  const stopping = new AbortController();
  let declared = false;
  const attempt = async (): Promise<void> => {
    try {
      await bus.ensureTopics(topics);
      declared = true;
    } catch (error) {
      log.warn({ err: error }, 'the bus cannot be reached, topics are declared later');
    }
  };
  await attempt();
  const goOn = async (): Promise<void> => {
    while (!declared && !stopping.signal.aborted) {
      await pause(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (!stopping.signal.aborted) await attempt();
    }
  };
  void goOn();
  return {
    declared: () => declared,
    stop: () => stopping.abort(),
  };
}
