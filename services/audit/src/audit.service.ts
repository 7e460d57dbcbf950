import { num } from 'envalid';
import {
  type ServiceDefinition,
  shutOutMarks,
  ShutOutMarks,
  shutOutMarksIn,
  shutOutVariables,
} from '@waymark/service-kit';
import { auditViews } from './audit-views.js';
import { AuditModule } from './audit.module.js';
import { EVENT_LOG } from './history/event-log.js';
import { historyNamed } from './history/history-readers.js';
import { CreateReadingWatch1760000006000 } from './migrations/1760000006000-create-reading-watch.js';
import { watchReadings } from './reading-alarm/features/watch-readings.js';
import { openReadingAlarms } from './reading-alarm/open-reading-alarms.js';
import { readingAlarmAggregate } from './reading-alarm/reading-alarm.aggregate.js';
import { READING_LIMITS, type ReadingLimits } from './reading-alarm/reading-rules.js';

const own = {
  ...shutOutVariables,
  READING_CLIENTS_PER_HOUR: num({
    default: 20,
    desc: 'clients whose data one person may read within an hour before it is an alarm',
  }),
  READING_REFUSALS_PER_HOUR: num({
    default: 10,
    desc: 'readings that may be refused to one person within an hour before it is an alarm',
  }),
};

export const audit: ServiceDefinition<typeof own> = {
  name: 'audit',
  title: 'Waymark audit',
  description: 'Replays any history from the log itself, as it was and as it was known, and verifies it. Read-only.',
  settings: own,
  aggregates: [readingAlarmAggregate],
  readsWholeLog: true,
  module: AuditModule,
  resources: {
    History: (id, { dataSource, asker, environment }) =>
      historyNamed(id, dataSource, shutOutMarksIn('audit', environment), asker),
  },
  migrations: [CreateReadingWatch1760000006000],
  projections: auditViews,
  providers: ({ store, settings }) => {
    const limits: ReadingLimits = {
      clientsPerHour: settings.READING_CLIENTS_PER_HOUR,
      refusalsPerHour: settings.READING_REFUSALS_PER_HOUR,
    };
    return [
      { provide: EVENT_LOG, useValue: store },
      { provide: READING_LIMITS, useValue: limits },
      { provide: ShutOutMarks, useValue: shutOutMarks(settings) },
    ];
  },
  clocks: [watchReadings],
  figures: ({ dataSource }) => [openReadingAlarms(dataSource)],
};
