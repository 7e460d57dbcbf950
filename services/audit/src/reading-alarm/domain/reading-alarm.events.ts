import { Type } from '@sinclair/typebox';
import { code, formed, id, instant, readingFindings, readingRules, staffId, units } from '@waymark/contracts';
import { declareEvents, type EventOf, readAsItIs } from '@waymark/event-sourcing';

/** Nothing is sealed: who read, how much, and where in the log it stands. Nothing of what was read. */
export const readingAlarmEvents = declareEvents({
  ReadingAlarmRaised: {
    version: 2,
    /** The rules were fewer. */
    earlier: [readAsItIs],
    data: {
      alarmId: id,
      rule: code(readingRules),
      personId: staffId,
      unit: Type.Optional(code(units)),
      /** How many clients, refusals or readings, as the rule counts. */
      count: Type.Integer({ minimum: 1 }),
      /** Position in the log of the access that made it one too many. */
      accessPosition: formed(/^\d{1,18}$/, '1042'),
      accessedAt: instant,
    },
    sealed: {},
  },
  ReadingAlarmReviewed: {
    version: 1,
    data: { finding: code(readingFindings), reviewerId: staffId, reviewedAt: instant },
    sealed: {},
  },
});

export type ReadingAlarmEvent = EventOf<typeof readingAlarmEvents>;
export type Suspicion = Omit<Extract<ReadingAlarmEvent, { type: 'ReadingAlarmRaised' }>['data'], 'alarmId'>;
