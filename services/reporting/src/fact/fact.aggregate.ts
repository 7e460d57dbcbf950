import type { Aggregate } from '@waymark/service-kit';
import { type FactCommand, factDecider, type FactEvent, factEvents, type FactState } from './domain/fact.js';

export const factAggregate: Aggregate<FactState, FactCommand, FactEvent> = {
  category: 'fact',
  events: factEvents,
  decider: factDecider,
  subjects: () => ({}),
};
