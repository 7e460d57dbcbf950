import type { ServiceDefinition } from '@waymark/service-kit';
import { AuditModule } from './audit.module.js';
import { clientIndexProjection } from './client-index/client-index.projection.js';
import { EVENT_LOG } from './history/event-log.js';

export const audit: ServiceDefinition = {
  name: 'audit',
  title: 'Waymark audit',
  description: 'Replays any history from the log itself, as it was and as it was known, and verifies it. Read-only.',
  settings: {},
  aggregates: [],
  readsWholeLog: true,
  module: AuditModule,
  migrations: [],
  projections: [clientIndexProjection],
  providers: ({ store }) => [{ provide: EVENT_LOG, useValue: store }],
};
