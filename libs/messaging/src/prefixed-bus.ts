import type { Bus } from './port.js';

/** The same bus with a prefix before every topic and group, so that several platforms can share a cluster. */
export function withPrefix(prefix: string, bus: Bus): Bus {
  if (prefix === '') return bus;
  const prefixed = (names: readonly string[]) => names.map((name) => `${prefix}${name}`);
  return {
    publish: (topic, messages) => bus.publish(`${prefix}${topic}`, messages),
    subscribe: (options) =>
      bus.subscribe({ ...options, group: `${prefix}${options.group}`, topics: prefixed(options.topics) }),
    ensureTopics: (topics) =>
      bus.ensureTopics(
        topics.map((topic) =>
          typeof topic === 'string' ? `${prefix}${topic}` : { ...topic, name: `${prefix}${topic.name}` },
        ),
      ),
    ...(bus.publishDead && {
      publishDead: async (topic, records) => bus.publishDead?.(`${prefix}${topic}`, records),
    }),
    ...(bus.ends && { ends: async (topic) => bus.ends?.(`${prefix}${topic}`) }),
    ...(bus.missing && {
      missing: async (topics) =>
        ((await bus.missing?.(prefixed(topics))) ?? []).map((topic) => topic.slice(prefix.length)),
    }),
    ping: () => bus.ping(),
    close: () => bus.close(),
  };
}
