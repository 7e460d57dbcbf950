import type { ServiceDefinition } from '@waymark/service-kit';
import { EngagementModule } from './engagement.module.js';

export const engagement: ServiceDefinition = {
  name: 'engagement',
  title: 'Waymark engagement',
  description: 'Reference group, learning, guidance and policy watch. Health and metrics only for now.',
  settings: {},
  aggregates: [],
  module: EngagementModule,
  migrations: [],
  projections: [],
};
