import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { deadLetterReasons, type Consumer, type MeasureName, type OnMeasure, type Relay } from '@waymark/messaging';
import { reading } from './reading.js';

type Counted = Exclude<MeasureName, 'consumer_batch_seconds'>;

const counted: Readonly<Record<Counted, { readonly help: string; readonly labels: readonly string[] }>> = {
  relay_messages_published: { help: 'Messages that the bus has acknowledged', labels: ['relay'] },
  relay_failures: { help: 'How often a relay failed or was deposed', labels: ['relay'] },
  consumer_messages_handled: { help: 'Messages that had their effect', labels: ['consumer'] },
  consumer_messages_skipped: { help: 'Messages of types that the consumer does not handle', labels: ['consumer'] },
  consumer_messages_repeated: { help: 'Messages that came again and were dropped', labels: ['consumer'] },
  consumer_messages_forgotten: { help: 'Rows of old messages of which a mark was left', labels: ['consumer'] },
  consumer_handler_failures: { help: 'Calls of a handler in vain', labels: ['consumer', 'type'] },
  consumer_dead_letters: { help: 'Messages that became dead letters', labels: ['consumer', 'reason'] },
  consumer_sequence_gaps: { help: 'Messages that came before their predecessor', labels: ['consumer'] },
  consumer_rebalances: { help: 'How often the group shared its partitions anew', labels: ['consumer'] },
  consumer_restarts: { help: 'How often a member of the group ended and another took its place', labels: ['consumer'] },
};
const countedNames = Object.keys(counted).filter((name): name is Counted => name in counted);

const gauges = {
  waymark_relay_lag_events: { help: 'Events that a relay has not published yet, up to 1,000', labels: ['relay'] },
  waymark_relay_lag_seconds: { help: 'Age of the oldest of them', labels: ['relay'] },
  waymark_relay_held_events: { help: 'Events of which it holds something back for want of a crowd', labels: ['relay'] },
  waymark_consumer_lag: { help: 'Messages behind the end of a partition', labels: ['consumer', 'topic', 'partition'] },
  waymark_dead_letters: { help: 'Open dead letters', labels: ['consumer', 'reason'] },
  waymark_dead_letters_oldest_seconds: { help: 'Age of the oldest open dead letter', labels: ['consumer'] },
  waymark_keys_held_up: { help: 'Keys that a dead letter holds up', labels: ['consumer'] },
  waymark_messages_waiting: { help: 'Messages that wait for an earlier one', labels: ['consumer'] },
} as const;

/** Prometheus metrics of relays and consumers. No ids of messages or aggregates. */
export class MessageMetrics {
  private readonly counters = new Map<string, Counter>();
  private readonly gauges = new Map<string, Gauge>();
  private readonly batches: Histogram<'consumer'>;
  private readonly relays = new Map<string, Relay>();
  private readonly consumers = new Map<string, Consumer>();

  constructor(registry: Registry) {
    for (const name of countedNames) {
      const { help, labels } = counted[name];
      this.counters.set(
        name,
        new Counter({ name: `waymark_${name}_total`, help, labelNames: [...labels], registers: [registry] }),
      );
    }
    for (const [name, { help, labels }] of Object.entries(gauges))
      this.gauges.set(name, new Gauge({ name, help, labelNames: [...labels], registers: [registry] }));
    this.batches = new Histogram({
      name: 'waymark_consumer_batch_seconds',
      help: 'Time to handle what lay ready of one partition, 100 messages at most',
      labelNames: ['consumer'],
      buckets: [0.005, 0.02, 0.1, 0.5, 1, 5, 20, 60],
      registers: [registry],
    });
  }

  watchRelay(name: string, relay: Relay): void {
    this.relays.set(name, relay);
    for (const measure of ['relay_messages_published', 'relay_failures'] as const)
      this.counters.get(measure)?.inc({ relay: name }, 0);
  }

  watchConsumer(name: string, consumer: Consumer): void {
    this.consumers.set(name, consumer);
  }

  readonly onMeasure: OnMeasure = (measure, value, { service, ...labels }) => {
    if (measure === 'consumer_batch_seconds') return this.batches.observe({ consumer: labels.consumer ?? '' }, value);
    const known = Object.entries(service === undefined ? labels : { ...labels, relay: service });
    const wanted = known.filter(([label]) => counted[measure].labels.includes(label));
    this.counters.get(measure)?.inc(Object.fromEntries(wanted), value);
  };

  /** Asks everybody how it stands now; to be called before the metrics are read. */
  async refresh(): Promise<void> {
    await Promise.all([
      ...[...this.relays].map(([name, relay]) => this.readRelay(name, relay)),
      ...[...this.consumers].map(([name, consumer]) => this.readConsumer(name, consumer)),
    ]);
  }

  private async readRelay(relay: string, running: Relay): Promise<void> {
    const lag = await reading(running.lag());
    this.set('waymark_relay_lag_events', { relay }, lag?.events);
    this.set('waymark_relay_lag_seconds', { relay }, lag?.seconds);
    if (lag?.held !== undefined) this.set('waymark_relay_held_events', { relay }, lag.held);
  }

  private async readConsumer(consumer: string, running: Consumer): Promise<void> {
    const [standing, lags] = await Promise.all([reading(running.standing()), reading(running.lag())]);
    this.set('waymark_dead_letters_oldest_seconds', { consumer }, standing?.oldestSeconds);
    this.set('waymark_keys_held_up', { consumer }, standing?.keysHeldUp);
    this.set('waymark_messages_waiting', { consumer }, standing?.waiting);
    for (const reason of deadLetterReasons) {
      this.set('waymark_dead_letters', { consumer, reason }, standing && (standing.deadLetters[reason] ?? 0));
    }
    for (const { topic, partition, behind } of lags ?? []) {
      this.set('waymark_consumer_lag', { consumer, topic, partition: String(partition) }, behind);
    }
    if (!lags) this.gauges.get('waymark_consumer_lag')?.reset();
  }

  private set(name: keyof typeof gauges, labels: Readonly<Record<string, string>>, value: number | undefined): void {
    this.gauges.get(name)?.set({ ...labels }, value ?? Number.NaN);
  }
}
