import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR, APP_PIPE, NestFactory, Reflector } from '@nestjs/core';
import { CqrsModule } from '@nestjs/cqrs';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { AccessModule, assertEveryRouteHasARule, type Authenticator, DemandedDecisions } from '@waymark/access';
import { Aggregates } from './aggregates.js';
import { BodyPipe } from './body.pipe.js';
import { Clock } from './clock.js';
import { Health } from './health.js';
import { HealthController } from './health.controller.js';
import { IdempotentAnswers } from './idempotency.js';
import { IdempotencyInterceptor } from './idempotency.interceptor.js';
import { takeJsonOnly } from './json-body.js';
import { Metrics } from './metrics.js';
import { publishOpenApi } from './openapi.js';
import { ProblemFilter, refuseAddress } from './problem.filter.js';
import { ReadLog } from './read-log.js';
import { Secrets } from './secrets.js';
import type { Platform, ServiceDefinition } from './service-definition.js';
import { Views } from './views.js';

export type HttpApp = NestFastifyApplication;

interface Parts {
  readonly views: Views;
  readonly metrics: Metrics;
  readonly health: Health;
  readonly authenticator: Authenticator;
}

/** No request of ours is larger; a narrative of 20,000 characters in four bytes each fits. */
const bodyLimit = 256 * 1024;

/** The HTTP side of a service: guard, validation, idempotency, problem details, OpenAPI, health and metrics. Not listening yet. */
export async function createHttpApp<Own extends object>(
  definition: ServiceDefinition<Own>,
  platform: Platform<Own>,
  parts: Parts,
): Promise<HttpApp> {
  const adapter = new FastifyAdapter({
    bodyLimit,
    trustProxy: platform.settings.TRUST_PROXY,
    genReqId: () => randomUUID(),
    forceCloseConnections: 'idle',
    requestTimeout: 30_000,
    routerOptions: { maxParamLength: 200 },
    frameworkErrors: refuseAddress,
  });
  const app = await NestFactory.create<NestFastifyApplication>(await root(definition, platform, parts), adapter, {
    logger: platform.log.level === 'debug' ? ['error', 'warn', 'log'] : ['error', 'warn'],
    bodyParser: false,
    abortOnError: false,
  });
  takeJsonOnly(app);
  harden(app, parts.metrics);
  publishOpenApi(app, definition);
  await app.init();
  assertEveryRouteHasARule(app);
  await adapter.getInstance().ready();
  return app;
}

function harden(app: HttpApp, metrics: Metrics): void {
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onSend', async (_request, reply) => {
    reply.header('x-content-type-options', 'nosniff');
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
  });
  fastify.addHook('onResponse', async (request, reply) => {
    metrics.observe(request.method, request.routeOptions.url ?? 'none', reply.statusCode, reply.elapsedTime / 1000);
  });
}

async function root<Own extends object>(
  definition: ServiceDefinition<Own>,
  platform: Platform<Own>,
  parts: Parts,
): Promise<DynamicModule> {
  const { dataSource, secrets } = platform;
  const own = (await definition.providers?.(platform)) ?? [];
  const shared = [
    { provide: Aggregates, useValue: platform.aggregates },
    { provide: Clock, useValue: platform.clock },
    { provide: DataSource, useValue: dataSource },
    { provide: Secrets, useValue: secrets },
    { provide: Views, useValue: parts.views },
    { provide: ReadLog, useValue: new ReadLog(definition.name, platform.store, platform.clock) },
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
      AccessModule.with(parts.authenticator),
      { module: Shared, global: true, providers: shared, exports: shared.map(tokenOf) },
      definition.module,
    ],
    providers: [
      { provide: Health, useValue: parts.health },
      { provide: Metrics, useValue: parts.metrics },
      { provide: APP_PIPE, useClass: BodyPipe },
      { provide: APP_FILTER, useValue: new ProblemFilter(platform.log) },
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
