import { factsTopicOf, topicOf } from '@waymark/contracts';
import { type Bus, deadTopicOf, openKafkaBus, openPostgresBus, withPrefix } from '@waymark/messaging';
import type { Settings } from './config.js';
import { topicsOf } from './consumption.js';
import type { NeededTopics } from './declare-topics.js';
import { kafkaOptions } from './kafka-settings.js';
import type { Log } from './log.js';
import type { ServiceDefinition } from './service-definition.js';

/** The one list of what a service needs on the bus. */
export function topicsFor<Own extends object>(definition: ServiceDefinition<Own>, bus: Bus): NeededTopics {
  const { name, consumes, publish, publishFacts } = definition;
  return {
    relayed: [
      ...(publish ? [topicOf(name)] : []),
      ...(publishFacts ? [factsTopicOf(name)] : []),
      ...topicsOf(consumes ?? []),
    ],
    own: [
      ...(publish ? [] : [topicOf(name)]),
      ...(consumes && bus.publishDead ? [{ name: deadTopicOf(name), keep: { days: 90 } } as const] : []),
    ],
  };
}

export function openBus(service: string, settings: Settings, log: Log): Bus {
  if (settings.BUS === 'postgres') return openPostgresBus({ url: settings.BUS_URL ?? '', log });
  const bus = openKafkaBus({ ...kafkaOptions(settings), clientId: `waymark-${service}`, log });
  return withPrefix(settings.KAFKA_PREFIX, bus);
}
