import { CommandBus, QueryBus } from '@nestjs/cqrs';
import {
  createAuthenticator,
  createReceiptSessionVerifier,
  followRevocations,
  type Revocations,
  revocationsAt,
  shippedSources,
} from '@waymark/access';
import type { EventStore } from '@waymark/event-store';
import { type Bus, type Consumer } from '@waymark/messaging';
import { createKeyRing } from '@waymark/privacy';
import { runProjection } from '@waymark/projections';
import { Aggregates } from './aggregates.js';
import { type Clock, systemClock } from './clock.js';
import { readSettings, type Settings } from './config.js';
import { openDatabase } from './database.js';
import { declareTopics } from './declare-topics.js';
import type { Doors } from './doors.js';
import { withErasure } from './erasure/erasing.js';
import { watchKeyRemains } from './erasure/key-remains.js';
import { followKeyHistory, holdKeysAgainstLog } from './erasure/keys-of-the-log.js';
import { tlsFilesOf } from './edge/edge-settings.js';
import { renewCertificate, secureServerOf } from './edge/tls.js';
import { notingStops } from './failed-work.js';
import { feedOpener } from './feed.js';
import { Health } from './health.js';
import { createHttpApp, type HttpApp } from './http-app.js';
import { forgetAnswers } from './idempotency.js';
import { tokenVerifierFor } from './identity-settings.js';
import { openKeys } from './key-settings.js';
import { createLog, type Log } from './log.js';
import { Metrics } from './metrics.js';
import { moveDataKeys } from './move-data-keys.js';
import { noteWithdrawals, obeyOrders } from './obey-orders.js';
import { openBus, topicsFor } from './open-bus.js';
import { openEventStore } from './open-event-store.js';
import { openKeyDatabase } from './open-key-database.js';
import { runClock } from './run-clock.js';
import { readSecretFile } from './secrets.js';
import { notePolicies } from './policies/policies-in-force.js';
import { carryOutProcessOrders, processOrders } from './processes/process-orders.js';
import { overdueNote, processStanding } from './processes/process-standing.js';
import { processWork } from './processes/process-work.js';
import { serviceTokens } from './service-caller.js';
import { aggregatesOf, type Platform, projectionsOf, type ServiceDefinition } from './service-definition.js';
import { startClocks } from './start-clocks.js';
import { standstill, startConsumer } from './start-consumer.js';
import { type Relays, relaysStanding, startRelays } from './start-relays.js';
import { Views } from './views.js';

export interface RunningService {
  readonly name: string;
  readonly app: HttpApp;
  readonly url: string;
  /** `ok` or why not, for each part it stands on: what `/health/ready` says. */
  report(): Promise<Readonly<Record<string, string>>>;
  /** Takes no new requests, finishes what is under way, hands over relay and consumers, closes connections. */
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly environment?: NodeJS.ProcessEnv;
  readonly clock?: Clock;
  readonly log?: Log;
}

/** Starts a service from its definition and an environment. Rejects with a `ConfigError` that names the variable. */
export async function startService<Own extends object>(
  definition: ServiceDefinition<Own>,
  { environment = process.env, clock = systemClock, log: given }: StartOptions = {},
): Promise<RunningService> {
  const settings = readSettings(definition.name, environment, definition.settings);
  const log = given ?? createLog(definition.name, settings.LOG_LEVEL);
  const closers: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse())
      await close().catch((error: unknown) => log.error({ err: error }, 'a part did not close'));
  };
  try {
    return await assemble(definition, settings, clock, log, closers, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function assemble<Own extends object>(
  declared: ServiceDefinition<Own>,
  settings: Platform<Own>['settings'],
  clock: Clock,
  log: Log,
  closers: (() => Promise<unknown>)[],
  stop: () => Promise<void>,
): Promise<RunningService> {
  const secrets = await readSecretFile(settings.SECRET_FILE);
  const provider = await openKeys(declared.name, settings, (message, error) => log.warn({ err: error }, message));
  closers.push(() => provider.close());
  const projections = projectionsOf(declared, secrets);
  const dataSource = await openDatabase({
    url: settings.DATABASE_URL,
    service: declared.name,
    migrations: declared.migrations,
    projections,
  });
  closers.push(() => dataSource.destroy());
  const keyDatabase = await openKeyDatabase(declared.name, settings.KEYS_DATABASE_URL);
  closers.push(() => keyDatabase.close());
  const moved = await moveDataKeys(declared.name, dataSource, keyDatabase);
  if (moved > 0) log.info({ keys: moved }, 'the data keys have moved to their own store');
  const store = openEventStore(declared, settings, log);
  closers.push(() => store.close());
  const remains = watchKeyRemains(() => keyDatabase.clearRemains(), log);
  const keyRing = createKeyRing({
    ...{ context: declared.name, database: keyDatabase, provider },
    onDestroyed: remains.arise,
  });
  if (declared.erasure) {
    const categories = aggregatesOf(declared).map(({ category }) => category);
    const parts = { store, categories, database: keyDatabase, keyRing, log };
    const holdAgain = await followKeyHistory(declared.name, parts);
    await holdKeysAgainstLog(declared.name, parts, settings.KEYS_LOST);
    for (const clock of [runClock(() => remains.clearWhenDue(), log), runClock(holdAgain, log, 5_000)])
      closers.push(() => clock.stop());
  }
  const views = new Views<string>();
  const metrics = new Metrics(declared.name, views);
  const aggregates = new Aggregates(store, keyRing, clock);
  const platform: Platform<Own> = { settings, clock, log, dataSource, aggregates, store, secrets, keyRing };
  const definition = withErasure(declared, platform, projections);
  const bus = openBus(definition.name, settings, log);
  closers.push(() => bus.close());
  const topics = await declareTopics(bus, topicsFor(definition, bus), log);
  closers.push(async () => topics.stop());
  const open = feedOpener(aggregatesOf(definition), aggregates);

  views.follow(
    projections.map((projection) =>
      runProjection({
        ...{ projection, store, dataSource, open: open(projection.opens), log },
        ...notingStops(projection.name, { dataSource, clock }),
      }),
    ),
    (options) => store.newest(options),
  );
  closers.push(() => views.stop());

  const running: Partial<Running> = {};
  const { processes } = definition;
  const standing = processes && (() => processStanding(processes.declared, dataSource, clock.now()));
  if (standing) metrics.watchProcesses(processes.declared, standing);
  const health = new Health(
    {
      // A server that has lost the service's tables answers, and is of no use.
      database: async () => void (await dataSource.query('SELECT FROM idempotency LIMIT 1')),
      key_store: async () => void (await keyDatabase.query('SELECT FROM data_keys LIMIT 1', [])),
      event_store: () => store.ping(),
      keys: async () => void (await provider.versions()),
      bus: async () => {
        await bus.ping();
        await topics.demandReady();
      },
      ...(definition.consumes && {
        messages: async () => running.consumer && standstill(await running.consumer.standing()),
      }),
      ...((definition.publish ?? definition.publishFacts) && {
        relay: async () => running.relays && relaysStanding(running.relays),
      }),
      ...(standing && { processes: async () => overdueNote(await standing()) }),
      views: async () => views.demandReady(),
    },
    ['bus', 'messages', 'relay', 'processes'],
  );
  metrics.watchParts(() => health.check());
  const revocations = followRevocations({
    list:
      declared.revocations?.(platform) ??
      revocationsAt(`${settings.RECEIPT_ISSUER}/v1/access-revocations`, serviceTokens(declared.name, settings)),
    onFailure: (error) => log.warn({ err: error }, 'the list of revoked tokens cannot be read'),
  });
  closers.push(async () => revocations.stop());
  const app = await createHttpApp(definition, platform, {
    views,
    metrics,
    health,
    authenticator: authenticatorOf(settings, revocations, clock),
  });
  closers.push(() => app.close());

  const doors: Doors = { commands: app.get(CommandBus), queries: app.get(QueryBus), dataSource, clock };
  await views.serving();
  if (definition.resources) await notePolicies(definition.name, shippedSources(), { store, clock });
  Object.assign(running, startBackground(definition, platform, { store, bus, open, doors, metrics, closers }));
  await app.listen(settings.PORT, settings.HOST);
  const tls = tlsFilesOf(settings);
  if (tls) {
    const renewal = renewCertificate(tls, secureServerOf(app.getHttpServer()), log);
    closers.push(async () => renewal.stop());
  }
  log.info({ port: settings.PORT }, `${definition.name} is ready`);
  const url = `${tls ? 'https' : 'http'}://127.0.0.1:${settings.PORT}`;
  return { name: definition.name, app, url, report: () => health.check(), stop };
}

function authenticatorOf(settings: Settings, revocations: Revocations, clock: Clock) {
  const staff = tokenVerifierFor(settings, revocations);
  const receipts = createReceiptSessionVerifier({
    issuer: settings.RECEIPT_ISSUER,
    jwks: new URL(`${settings.RECEIPT_ISSUER}/v1/receipt-keys`),
    clock,
    revocations,
  });
  return createAuthenticator({ staff, receipts });
}

interface Background {
  readonly store: EventStore;
  readonly bus: Bus;
  readonly open: ReturnType<typeof feedOpener>;
  readonly doors: Doors;
  readonly metrics: Metrics;
  readonly closers: (() => Promise<unknown>)[];
}

interface Running {
  readonly consumer: Consumer | undefined;
  readonly relays: Relays;
}

function startBackground<Own extends object>(
  definition: ServiceDefinition<Own>,
  platform: Platform<Own>,
  parts: Background,
): Running {
  const { store, bus, open, doors, metrics, closers } = parts;
  const { log, dataSource, settings } = platform;
  const forgetting = runClock(() => forgetAnswers(dataSource, settings.ANSWERS_KEPT_DAYS), log, 10_000);
  closers.push(() => forgetting.stop());
  noteWithdrawals(definition.name, store, { dataSource, log, closers });
  const relays = startRelays(definition, platform, { store, bus, open, metrics, closers });
  const consumer = startConsumer(definition, platform, { bus, store, doors, metrics });
  if (consumer) closers.push(() => consumer.stop());
  const { name: service, processes } = definition;
  const lead = processes && { service, declarations: processes.declared, aggregates: platform.aggregates, doors };
  if (lead) obeyOrders(processOrders, () => carryOutProcessOrders(lead, dataSource, log), { dataSource, log, closers });
  startClocks(definition, platform, { doors, metrics, closers, work: lead ? [processWork(lead, log)] : [] });
  for (const figure of definition.figures?.(doors, settings) ?? []) metrics.watchFigure(figure);
  return { consumer, relays };
}
