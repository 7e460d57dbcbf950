import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR, APP_PIPE, NestFactory, Reflector } from '@nestjs/core';
import { CqrsModule } from '@nestjs/cqrs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import {
  AccessModule,
  assertEveryRouteHasARule,
  type Authenticator,
  DemandedDecisions,
  FAILED_READS,
} from '@waymark/access';
import { Aggregates } from './aggregates.js';
import { BodyPipe } from './body.pipe.js';
import { Clock } from './clock.js';
import { adapterFor, harden } from './edge/edge.js';
import { RateLimitInterceptor, RateLimits } from './edge/rate-limits.js';
import { Health } from './health.js';
import { HealthController } from './health.controller.js';
import { IdempotentAnswers } from './idempotency.js';
import { IdempotencyInterceptor } from './idempotency.interceptor.js';
import { takeJsonOnly } from './json-body.js';
import { Metrics } from './metrics.js';
import { MetricsReaders } from './edge/metrics-readers.js';
import { publishOpenApi } from './openapi.js';
import { ProblemFilter } from './problem.filter.js';
import { AnswerProcessHandler } from './processes/answer-process.js';
import { ReadLog } from './read-log.js';
import { RefusedReads } from './refused-reads.js';
import { Secrets } from './secrets.js';
import type { Platform, ServiceDefinition } from './service-definition.js';
import { Views } from './views.js';

export type HttpApp = NestFastifyApplication;

interface Parts {
  readonly views: Views<string>;
  readonly metrics: Metrics;
  readonly health: Health;
  readonly authenticator: Authenticator;
}

/** The HTTP side of a service: guard, validation, idempotency, problem details, OpenAPI, health and metrics. Not listening yet. */
export async function createHttpApp<Own extends object>(
  definition: ServiceDefinition<Own>,
  platform: Platform<Own>,
  parts: Parts,
): Promise<HttpApp> {
  const { settings } = platform;
  const limits = new RateLimits(settings);
  const adapter = adapterFor(settings);
  const app = await NestFactory.create<NestFastifyApplication>(
    await root(definition, platform, parts, limits),
    adapter,
    {
      logger: platform.log.level === 'debug' ? ['error', 'warn', 'log'] : ['error', 'warn'],
      bodyParser: false,
      abortOnError: false,
    },
  );
  takeJsonOnly(app);
  await harden(app, settings, limits);
  observe(app, parts.metrics);
  publishOpenApi(app, definition);
  await app.init();
  assertEveryRouteHasARule(app);
  await adapter.getInstance().ready();
  return app;
}

function observe(app: HttpApp, metrics: Metrics): void {
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onResponse', async (request, reply) => {
    metrics.observe(request.method, request.routeOptions.url ?? 'none', reply.statusCode, reply.elapsedTime / 1000);
  });
}

async function root<Own extends object>(
  definition: ServiceDefinition<Own>,
  platform: Platform<Own>,
  parts: Parts,
  limits: RateLimits,
): Promise<DynamicModule> {
  const { dataSource, secrets } = platform;
  const own = (await definition.providers?.(platform)) ?? [];
  const reads = new ReadLog(definition.name, platform.store, platform.clock);
  const shared = [
    { provide: Aggregates, useValue: platform.aggregates },
    { provide: Clock, useValue: platform.clock },
    { provide: DataSource, useValue: dataSource },
    { provide: Secrets, useValue: secrets },
    { provide: Views, useValue: parts.views },
    { provide: ReadLog, useValue: reads },
    { provide: FAILED_READS, useValue: new RefusedReads(definition.name, reads, platform.clock) },
    ...own,
  ];
  class Shared {}
  Module({})(Shared);
  class Root {}
  Module({ controllers: [HealthController] })(Root);
  return {
    module: Root,
    imports: [
      CqrsModule.forRoot(),
      AccessModule.with(limits.counting(parts.authenticator)),
      { module: Shared, global: true, providers: shared, exports: shared.map(tokenOf) },
      definition.module,
    ],
    providers: [
      ...(definition.processes ? [AnswerProcessHandler] : []),
      { provide: Health, useValue: parts.health },
      { provide: Metrics, useValue: parts.metrics },
      { provide: MetricsReaders, useValue: new MetricsReaders(platform.settings.METRICS_TOKEN) },
      { provide: APP_PIPE, useClass: BodyPipe },
      { provide: APP_FILTER, useValue: new ProblemFilter(platform.log) },
      { provide: APP_INTERCEPTOR, useValue: new RateLimitInterceptor(limits) },
      {
        provide: APP_INTERCEPTOR,
        useFactory: (reflector: Reflector) =>
          new IdempotencyInterceptor(new IdempotentAnswers(dataSource, secrets.of('idempotency')), reflector),
        inject: [Reflector],
      },
      // After the one above: an answer that is given again was decided when it was given first.
      { provide: APP_INTERCEPTOR, useClass: DemandedDecisions },
    ],
  };
}

const tokenOf = (provider: NonNullable<DynamicModule['providers']>[number]) =>
  typeof provider === 'function' ? provider : provider.provide;
