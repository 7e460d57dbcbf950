import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Consumer, MeasureName, OnMeasure, Relay } from '@waymark/messaging';

type Counted = Exclude<MeasureName, 'consumer_batch_seconds'>;

const counted: Readonly<Record<Counted, { readonly help: string; readonly labels: readonly string[] }>> = {
  relay_messages_published: { help: 'Messages that the bus has acknowledged', labels: ['relay'] },
  relay_failures: { help: 'How often a relay failed or was deposed', labels: ['relay'] },
  consumer_messages_handled: { help: 'Messages that had their effect', labels: ['consumer'] },
  consumer_messages_skipped: { help: 'Messages of types that the consumer does not handle', labels: ['consumer'] },
  consumer_messages_repeated: { help: 'Messages that came again and were dropped', labels: ['consumer'] },
  consumer_handler_failures: { help: 'Calls of a handler in vain', labels: ['consumer', 'type'] },
  consumer_dead_letters: { help: 'Messages that became dead letters', labels: ['consumer', 'reason'] },
  consumer_sequence_gaps: { help: 'Messages that came before their predecessor', labels: ['consumer'] },
  consumer_rebalances: { help: 'How often the group shared its partitions anew', labels: ['consumer'] },
  consumer_restarts: { help: 'How often a member of the group ended and another took its place', labels: ['consumer'] },
};
const countedNames = Object.keys(counted).filter((name): name is Counted => name in counted);

/** A reading that does not come in time is no reading: a broker that hangs must not keep the other metrics back. */
const readingWithinMs = 3_000;

async function reading<Value>(asked: Promise<Value>): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), readingWithinMs);
  });
  try {
    return await Promise.race([asked.catch(() => undefined), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Prometheus metrics of relays and consumers. No ids of messages or aggregates. */
export class MessageMetrics {
  private readonly counters = new Map<string, Counter>();
  private readonly batches: Histogram<'consumer'>;
  private readonly relays = new Map<string, Relay>();
  private readonly consumers = new Map<string, Consumer>();

  constructor(private readonly registry: Registry) {
    for (const name of countedNames) {
      const { help, labels } = counted[name];
      this.counters.set(
        name,
        new Counter({ name: `waymark_${name}_total`, help, labelNames: [...labels], registers: [registry] }),
      );
    }
    this.batches = new Histogram({
      name: 'waymark_consumer_batch_seconds',
      help: 'Time to handle what lay ready of one partition, 100 messages at most',
      labelNames: ['consumer'],
      buckets: [0.005, 0.02, 0.1, 0.5, 1, 5, 20, 60],
      registers: [registry],
    });
    this.addRelayLag();
    this.addConsumerLag();
    this.addStanding();
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

  private gauge<Label extends string>(name: string, help: string, labelNames: Label[], collect?: () => Promise<void>) {
    return new Gauge({ name, help, labelNames, registers: [this.registry], ...(collect ? { collect } : {}) });
  }

  private addRelayLag(): void {
    const events = this.gauge('waymark_relay_lag_events', 'Events not published yet, up to 1,000', ['relay']);
    const seconds = this.gauge('waymark_relay_lag_seconds', 'Age of the oldest of them', ['relay'], async () => {
      for (const [relay, running] of this.relays) {
        const lag = await reading(running.lag());
        events.set({ relay }, lag?.events ?? Number.NaN);
        seconds.set({ relay }, lag?.seconds ?? Number.NaN);
      }
    });
  }

  private addConsumerLag(): void {
    const labels: ('consumer' | 'topic' | 'partition')[] = ['consumer', 'topic', 'partition'];
    const lag = this.gauge('waymark_consumer_lag', 'Messages behind the end of a partition', labels, async () => {
      lag.reset();
      for (const [consumer, running] of this.consumers) {
        for (const { topic, partition, behind } of (await reading(running.lag())) ?? [])
          lag.set({ consumer, topic, partition: String(partition) }, behind);
      }
    });
  }

  private addStanding(): void {
    const oldest = this.gauge('waymark_dead_letters_oldest_seconds', 'Age of the oldest open dead letter', [
      'consumer',
    ]);
    const keys = this.gauge('waymark_keys_held_up', 'Keys that a dead letter holds up', ['consumer']);
    const waiting = this.gauge('waymark_messages_waiting', 'Messages that wait for an earlier one', ['consumer']);
    const letters = this.gauge('waymark_dead_letters', 'Open dead letters', ['consumer', 'reason'], async () => {
      letters.reset();
      for (const [consumer, running] of this.consumers) {
        const standing = await reading(running.standing());
        oldest.set({ consumer }, standing?.oldestSeconds ?? Number.NaN);
        keys.set({ consumer }, standing?.keysHeldUp ?? Number.NaN);
        waiting.set({ consumer }, standing?.waiting ?? Number.NaN);
        for (const [reason, count] of Object.entries(standing?.deadLetters ?? {}))
          letters.set({ consumer, reason }, count);
      }
    });
  }
}
