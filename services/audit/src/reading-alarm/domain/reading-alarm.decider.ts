import type { ReadingFinding } from '@waymark/contracts';
import { type Decider, DomainRejection } from '@waymark/event-sourcing';
import type { ReadingAlarmEvent, Suspicion } from './reading-alarm.events.js';

export type ReadingAlarmCommand =
  | { readonly type: 'RaiseReadingAlarm'; readonly alarmId: string; readonly suspicion: Suspicion }
  | { readonly type: 'ReviewReadingAlarm'; readonly finding: ReadingFinding };

export type ReadingAlarmState =
  | { readonly status: 'none' }
  | {
      readonly status: 'open' | 'reviewed';
      readonly personId: string;
      /** Where the access stands in the log that raised it. */
      readonly accessPosition: string;
    };

export type ReadingAlarmRejectionCode = 'reading_alarm_not_found' | 'already_reviewed' | 'own_reading';

const details: Record<ReadingAlarmRejectionCode, string> = {
  reading_alarm_not_found: 'There is nothing here that you may see.',
  already_reviewed: 'This alarm has been reviewed already.',
  own_reading: 'Somebody else has to review what you have read yourself.',
};

const reject = (code: ReadingAlarmRejectionCode): never => {
  throw new DomainRejection<ReadingAlarmRejectionCode>(code, details[code]);
};

export const readingAlarmDecider: Decider<ReadingAlarmState, ReadingAlarmCommand, ReadingAlarmEvent> = {
  initialState: { status: 'none' },
  evolve(state, { type, data }) {
    if (type === 'ReadingAlarmRaised')
      return { status: 'open', personId: data.personId, accessPosition: data.accessPosition };
    return state.status === 'none' ? state : { ...state, status: 'reviewed' };
  },
  decide(command, state, { actor, now }) {
    if (command.type === 'RaiseReadingAlarm') {
      const { alarmId, suspicion } = command;
      // The watch may look at the same stretch of the log again after a crash.
      return state.status === 'none' ? [{ type: 'ReadingAlarmRaised', data: { alarmId, ...suspicion } }] : [];
    }
    if (state.status === 'none') return reject('reading_alarm_not_found');
    if (state.status === 'reviewed') return reject('already_reviewed');
    if (state.personId === actor.id) return reject('own_reading');
    const { finding } = command;
    return [{ type: 'ReadingAlarmReviewed', data: { finding, reviewerId: actor.id, reviewedAt: now } }];
  },
};
