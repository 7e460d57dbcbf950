import { runConsumer, type Bus, type Consumer, type Standing } from '@waymark/messaging';
import type { EventStore } from '@waymark/event-store';
import { byType, topicsOf } from './consumption.js';
import type { Doors } from './doors.js';
import type { Metrics } from './metrics.js';
import { recordDecision } from './operations.js';
import type { Platform, ServiceDefinition } from './service-definition.js';

/** Consumes what a definition says, measured; undefined when it consumes nothing. */
export function startConsumer<Own extends object>(
  { name, consumes }: ServiceDefinition<Own>,
  { dataSource, log, clock, settings }: Platform<Own>,
  parts: { readonly bus: Bus; readonly store: EventStore; readonly doors: Doors; readonly metrics: Metrics },
): Consumer | undefined {
  if (!consumes) return undefined;
  const { bus, store, doors, metrics } = parts;
  const consumer = runConsumer({
    bus,
    group: name,
    topics: topicsOf(consumes),
    dataSource,
    ...byType(consumes, doors),
    log,
    clock,
    gapWaitMs: settings.MESSAGE_GAP_WAIT_SECONDS * 1_000,
    onMeasure: metrics.onMeasure,
    onDecision: recordDecision(name, store, clock),
  });
  metrics.watchConsumer(name, consumer);
  return consumer;
}

/** What stands still, in words for readiness; undefined when nothing does. The service is fit for work all the same. */
export function standstill({ deadLetters, keysHeldUp, waiting }: Standing): string | undefined {
  const letters = Object.values(deadLetters).reduce((sum, count) => sum + count, 0);
  const notes = [
    letters > 0 ? `${letters} dead letters, ${keysHeldUp} keys held up` : '',
    deadLetters.sequence_gap ? `${deadLetters.sequence_gap} of them miss a message before them` : '',
    waiting > 0 ? `${waiting} messages wait for an earlier one` : '',
  ].filter((note) => note !== '');
  return notes.length > 0 ? notes.join(', ') : undefined;
}
