import { type EventStore, openKurrentEventStore, openPostgresEventStore } from '@waymark/event-store';
import { ConfigError, type Settings } from './config.js';
import { erasureOf } from './erasure/erasure-register.js';
import type { Log } from './log.js';
import { operationsOf } from './operations.js';
import { aggregatesOf, type ServiceDefinition } from './service-definition.js';

type Rights = Pick<ServiceDefinition, 'name' | 'aggregates' | 'processes' | 'readsWholeLog' | 'erasure'>;

/** The log of the kind that the settings choose. PostgreSQL knows the service's rights; for KurrentDB they follow from what it is made of. */
export function openEventStore(
  service: Rights,
  settings: Pick<Settings, 'EVENT_STORE' | 'EVENT_STORE_URL'>,
  log: Log,
): EventStore {
  const { EVENT_STORE_URL: url } = settings;
  switch (settings.EVENT_STORE) {
    case 'postgres':
      return openPostgresEventStore({ url, applicationName: `waymark-${service.name}` });
    case 'kurrentdb':
      try {
        return openKurrentEventStore({
          url,
          categories: rightsOf(service),
          log: (message, error) => log.warn({ err: error }, message),
        });
      } catch (error) {
        if (error instanceof TypeError) throw new ConfigError(`EVENT_STORE_URL: ${error.message}`);
        throw error;
      }
  }
}

/** Its aggregates' categories, and those where it records who read what, what its operators decided, and whom it erased. */
function rightsOf(service: Rights) {
  const { name, readsWholeLog, erasure } = service;
  const own: readonly string[] = [
    ...aggregatesOf(service).map(({ category }) => category),
    `${name}_access`,
    operationsOf(name),
    ...(erasure ? [erasureOf(name)] : []),
  ];
  return { append: own, read: readsWholeLog ? ('all' as const) : own };
}
