import { type DecisionContext, specify } from '@waymark/event-sourcing';
import { caseCodeFrom } from './case-code.js';
import { caseDecider } from './case.decider.js';
import type { CaseEvent } from './case.events.js';

export const idAt = '0197e000-0000-8000-8000-0123456789ab';
export const context: DecisionContext = {
  now: '2026-03-02T08:00:00.000Z',
  actor: { kind: 'staff', id: 'amina', roles: ['officer'] },
  newId: () => idAt,
  eventIdAt: String,
};
export const supervisor = { actor: { kind: 'staff', id: 'ingrid', roles: ['supervisor'] } } as const;
export const outsider = { actor: { kind: 'staff', id: 'kwame', roles: ['officer'] } } as const;

export const ids = { caseId: 'case-1', concernId: 'concern-1', clientId: 'client-1', officerId: 'amina' } as const;
export const opened: CaseEvent = {
  type: 'CaseOpened',
  data: { ...ids, caseCode: caseCodeFrom(idAt), team: ['amina'], openedAt: context.now },
};
/** What the case decides for its officer. */
export const decider = specify(caseDecider, context);
