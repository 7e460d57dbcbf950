import { setTimeout as pause } from 'node:timers/promises';
import { WrongTopics, type Bus, type TopicDeclaration } from '@waymark/messaging';
import type { Log } from './log.js';

export interface DeclaredTopics {
  /** Undefined when all topics are known to be there and as they must be, else what is wrong. */
  fault(): string | undefined;
  /** Asks no more. What is under way ends with the bus. */
  stop(): void;
}

/**
 * Declares a service's topics. A bus that is away does not keep the service from starting: commands need only the event store, so
 * it is asked again until it answers and all is as declared, and readiness says so meanwhile.
 */
export async function declareTopics(
  bus: Bus,
  topics: readonly (string | TopicDeclaration)[],
  log: Log,
  everyMs = 1000,
): Promise<DeclaredTopics> {
  const stopping = new AbortController();
  let fault: string | undefined = 'topics are not there yet';
  const attempt = async (): Promise<void> => {
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
  await attempt();
  const goOn = async (): Promise<void> => {
    while (fault !== undefined && !stopping.signal.aborted) {
      await pause(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (!stopping.signal.aborted) await attempt();
    }
  };
  void goOn();
  return {
    fault: () => fault,
    stop: () => stopping.abort(),
  };
}
