import { foldedRows, oneRow } from '@waymark/projections';
import type { ReadingAlarmEvent } from '../../domain/reading-alarm.events.js';
import { ReadingAlarmEntry } from './reading-alarm-entry.entity.js';

export const readingAlarmsProjection = foldedRows({
  name: 'reading-alarms',
  version: 1,
  categories: ['reading_alarm'],
  tables: `
    CREATE TABLE reading_alarms (
      alarm_id uuid PRIMARY KEY,
      position bigint NOT NULL,
      rule text NOT NULL,
      person_id text NOT NULL,
      unit text,
      count integer NOT NULL,
      access_position bigint NOT NULL,
      accessed_at timestamptz NOT NULL,
      finding text,
      reviewer_id text,
      reviewed_at timestamptz
    );
    CREATE INDEX reading_alarms_order ON reading_alarms (position);`,
  entity: ReadingAlarmEntry,
  of: 'alarmId',
  idOf: ({ stream }) => stream.slice('reading_alarm-'.length),
  fold: oneRow((entry, { type, data, position }) => {
    const event = { type, data } as ReadingAlarmEvent;
    if (event.type === 'ReadingAlarmReviewed')
      return entry && { ...entry, ...event.data, reviewedAt: new Date(event.data.reviewedAt) };
    const { accessedAt, unit, ...raised } = event.data;
    return {
      ...raised,
      position: String(position),
      unit: unit ?? null,
      accessedAt: new Date(accessedAt),
      finding: null,
      reviewerId: null,
      reviewedAt: null,
    };
  }),
});
