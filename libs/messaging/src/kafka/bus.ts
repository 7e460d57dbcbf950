import type { Bus } from '../port.js';
import { connectKafka, type KafkaOptions } from './client.js';
import { Publisher } from './publisher.js';
import { KafkaSubscription } from './subscription.js';
import { Topics } from './topics.js';

export type { KafkaOptions } from './client.js';

/**
 * The bus over Kafka. CloudEvents in structured JSON with the attributes as `ce_` headers too, keyed by subject. Connects when first
 * used, and again whenever a connection was lost; never creates a topic that was not declared.
 */
export function openKafkaBus(options: KafkaOptions): Bus {
  const { partitions = 6, replicationFactor = 1, sessionTimeoutMs = 30_000, log } = options;
  const kafka = connectKafka(options);
  const publisher = new Publisher(kafka);
  const topics = new Topics(kafka, { partitions, replicationFactor });
  const subscriptions = new Set<KafkaSubscription>();

  return {
    async publish(topic, messages) {
      if (messages.length > 0) await publisher.publish(topic, messages);
    },
    subscribe(subscription) {
      const member = new KafkaSubscription(kafka, subscription, sessionTimeoutMs, log);
      subscriptions.add(member);
      return {
        ready: member.ready,
        lag: () => topics.lag(subscription.group, subscription.topics),
        stop: async () => {
          await member.stop();
          subscriptions.delete(member);
        },
      };
    },
    ensureTopics: (declared) => topics.ensure(declared),
    publishDead: (topic, records) => publisher.publishRecords(topic, records),
    ends: (topic) => topics.ends(topic),
    missing: (names) => topics.missing(names),
    ping: () => topics.ping(),
    async close() {
      await Promise.all([...subscriptions].map((member) => member.stop()));
      await Promise.all([publisher.close(), topics.close()]);
    },
  };
}
