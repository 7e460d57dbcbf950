import type { Aggregate } from '@waymark/service-kit';
import {
  type ReadingAlarmCommand,
  readingAlarmDecider,
  type ReadingAlarmState,
} from './domain/reading-alarm.decider.js';
import { type ReadingAlarmEvent, readingAlarmEvents } from './domain/reading-alarm.events.js';

export const readingAlarmAggregate: Aggregate<ReadingAlarmState, ReadingAlarmCommand, ReadingAlarmEvent> = {
  category: 'reading_alarm',
  events: readingAlarmEvents,
  decider: readingAlarmDecider,
  subjects: () => ({}),
};
