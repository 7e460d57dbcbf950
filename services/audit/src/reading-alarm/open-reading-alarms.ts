import { IsNull, type DataSource } from 'typeorm';
import type { Figure } from '@waymark/service-kit';
import { ReadingAlarmEntry } from './projections/reading-alarms/reading-alarm-entry.entity.js';

/** For whoever is on call: an alarm that nobody looks at is none. */
export const openReadingAlarms = (dataSource: DataSource): Figure => ({
  name: 'waymark_reading_alarms_open',
  help: 'Odd reading of client data that nobody has reviewed yet',
  read: () => dataSource.getRepository(ReadingAlarmEntry).countBy({ finding: IsNull() }),
});
