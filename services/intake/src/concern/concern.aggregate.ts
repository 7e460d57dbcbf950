import type { Aggregate } from '@waymark/service-kit';
import type { ConcernCommand } from './domain/concern.commands.js';
import { concernDecider } from './domain/concern.decider.js';
import { type ConcernEvent, concernEvents } from './domain/concern.events.js';
import type { ConcernState } from './domain/concern.state.js';

export const concernAggregate: Aggregate<ConcernState, ConcernCommand, ConcernEvent> = {
  category: 'concern',
  events: concernEvents,
  decider: concernDecider,
  subjects: (state) => (state.status === 'none' ? {} : { client: state.clientId, reporter: state.reporterId }),
};
