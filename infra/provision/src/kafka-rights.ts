import { deadTopicOf } from '@waymark/messaging';
import { services, type ServiceGrants } from './services.js';

export type KafkaOperation = 'create' | 'describe' | 'describe configs' | 'read' | 'write';

/** What a service's user may do with one topic or one consumer group. */
export interface KafkaRight {
  readonly resource: 'topic' | 'group';
  readonly name: string;
  readonly operations: readonly KafkaOperation[];
}

const topicOf = (name: string): string => `waymark.${name}`;

/** The user of a service, and its name in the environment that provisioning writes. */
export const kafkaUserOf = (service: string, usersPrefix: string): string => `${usersPrefix}_${service}`;

/**
 * What one service needs on a cluster that allows nothing else: it makes and fills the topics it publishes on and that of its dead
 * letters, and reads what it declares to consume, as one group. `prefix`: its `KAFKA_PREFIX`.
 */
export function kafkaRightsOf(
  { name, publishes = [name], consumes }: ServiceGrants,
  prefix: string,
): readonly KafkaRight[] {
  const topic = (of: string, ...operations: readonly KafkaOperation[]): KafkaRight => ({
    resource: 'topic',
    name: `${prefix}${of}`,
    operations: [...operations, 'describe', 'describe configs'],
  });
  const dead = consumes.length > 0 ? [deadTopicOf(name)] : [];
  return [
    ...[...publishes.map(topicOf), ...dead].map((own) => topic(own, 'create', 'write')),
    ...consumes.map((other) => topic(topicOf(other), 'read')),
    ...(consumes.length > 0
      ? [{ resource: 'group', name: `${prefix}${name}`, operations: ['describe', 'read'] } as const]
      : []),
  ];
}

/** The rights of all services by the names of their users. */
export const kafkaRights = (prefix: string, usersPrefix: string): ReadonlyMap<string, readonly KafkaRight[]> =>
  new Map(services.map((service) => [kafkaUserOf(service.name, usersPrefix), kafkaRightsOf(service, prefix)]));
