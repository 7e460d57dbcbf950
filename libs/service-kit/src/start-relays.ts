import pg from 'pg';
import { factsTopicOf, topicOf } from '@waymark/contracts';
import type { EventStore } from '@waymark/event-store';
import {
  type Bus,
  carryOutPublishingOrders,
  publishingOrders,
  type Relay,
  runRelay,
  type WindowOptions,
} from '@waymark/messaging';
import type { SealedFields } from '@waymark/projections';
import { noticeClosed, sessionSettings } from './database-sessions.js';
import { erasureOf } from './erasure/erasure-register.js';
import { factWindow } from './fact-settings.js';
import type { feedOpener } from './feed.js';
import type { Metrics } from './metrics.js';
import { obeyOrders } from './obey-orders.js';
import { recordPublishingAgain } from './operations.js';
import { checkPublication } from './publication.js';
import type { Platform, ServiceDefinition } from './service-definition.js';

const answerWithinMs = 25_000;

/** The relays of a service, by name. */
export type Relays = ReadonlyMap<string, Pick<Relay, 'stoppedAt'>>;

/** Which of them stand still, in words for readiness; undefined when none does. The service is fit for work all the same. */
export async function relaysStanding(relays: Relays): Promise<string | undefined> {
  const notes = [...relays].map(async ([name, relay]) => {
    const position = await relay.stoppedAt();
    return position === undefined ? [] : [`${name} stopped at position ${position}, which it cannot publish`];
  });
  return (await Promise.all(notes)).flat().join(', ') || undefined;
}

/**
 * Publishes what a service says to others: at once and in order, its de-identified facts in windows; everything again when an operator
 * orders it. Closed by `closers`.
 */
export function startRelays<Own extends object>(
  definition: ServiceDefinition<Own>,
  platform: Platform<Own>,
  parts: {
    readonly store: EventStore;
    readonly bus: Bus;
    readonly open: ReturnType<typeof feedOpener>;
    readonly metrics: Metrics;
    readonly closers: (() => Promise<unknown>)[];
  },
): Relays {
  const relays = new Map<string, Relay>();
  const { store, bus, open, metrics, closers } = parts;
  const { dataSource, clock, log } = platform;
  const startRelay = (
    service: string,
    topic: string,
    translate: NonNullable<typeof definition.publish>,
    opens?: SealedFields,
    window?: WindowOptions,
  ): void => {
    const pool = new pg.Pool({
      connectionString: platform.settings.DATABASE_URL,
      ...sessionSettings(),
      // Its statements are short: a server that does not answer them is as good as gone.
      query_timeout: answerWithinMs,
      options: noticeClosed,
      max: 2,
      application_name: `waymark-${service}-relay`,
    });
    pool.on('error', (error) => log.warn({ err: error }, 'an idle connection of the relay broke'));
    closers.push(() => pool.end());
    const opened = open(opens);
    const relay = runRelay({
      service,
      store,
      categories: [
        ...definition.aggregates.map(({ category }) => category),
        ...(definition.erasure ? [erasureOf(definition.name)] : []),
      ],
      topic,
      ...(window ? { window } : {}),
      bus,
      pool,
      translate: async (event) =>
        checkPublication(translate(await opened(event), platform), topic, definition.publishes ?? []),
      log,
      onMeasure: metrics.onMeasure,
    });
    relays.set(service, relay);
    metrics.watchRelay(service, relay);
    closers.push(() => relay.stop());
  };
  if (definition.publish) startRelay(definition.name, topicOf(definition.name), definition.publish);
  if (definition.publishFacts)
    startRelay(
      `${definition.name}-facts`,
      factsTopicOf(definition.name),
      definition.publishFacts,
      definition.factsOpen,
      factWindow(platform.settings, definition.publishes ?? []),
    );
  if (relays.size === 0) return relays;
  const onOrder = recordPublishingAgain(definition.name, store, clock);
  const carryOut = () => carryOutPublishingOrders({ dataSource, log, onOrder });
  obeyOrders(publishingOrders, carryOut, { dataSource, log, closers });
  return relays;
}
