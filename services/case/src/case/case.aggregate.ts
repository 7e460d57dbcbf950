import type { Aggregate } from '@waymark/service-kit';
import type { CaseCommand } from './domain/case.commands.js';
import { caseDecider } from './domain/case.decider.js';
import { type CaseEvent, caseEvents } from './domain/case.events.js';
import type { CaseState } from './domain/case.state.js';

export const caseAggregate: Aggregate<CaseState, CaseCommand, CaseEvent> = {
  category: 'case',
  events: caseEvents,
  decider: caseDecider,
  subjects: (state) => (state.status === 'none' ? {} : { client: state.clientId }),
};
