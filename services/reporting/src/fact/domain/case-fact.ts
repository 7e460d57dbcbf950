import { caseStages, code, id, month } from '@waymark/contracts';
import { declareEvents, type EventOf } from '@waymark/event-sourcing';

/** To which stage a case came, and in which month. */
export const caseFactEvents = declareEvents({
  CaseStageCounted: { version: 1, data: { factId: id, month, stage: code(caseStages) }, sealed: {} },
});

export type CaseFactEvent = EventOf<typeof caseFactEvents>;
