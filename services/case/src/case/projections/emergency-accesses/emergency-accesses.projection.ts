import { foldedRows, oneRow, type OpenedEvent } from '@waymark/projections';
import { type EmergencyEvent, emergencyEvents, type EmergencyGrant } from '../../domain/case.events.js';
import { EmergencyAccessEntry } from './emergency-access-entry.entity.js';

/** Who broke the glass of which case, and whether somebody has looked at it. */
export const emergencyAccessesProjection = foldedRows({
  name: 'emergency-accesses',
  version: 1,
  categories: ['case'],
  folds: emergencyEvents,
  tables: `
    CREATE TABLE emergency_accesses (
      grant_id uuid PRIMARY KEY,
      position bigint NOT NULL,
      case_id uuid NOT NULL,
      staff_id text NOT NULL,
      purpose text NOT NULL,
      granted_at timestamptz NOT NULL,
      ends_at timestamptz NOT NULL,
      review_due_at timestamptz NOT NULL,
      overdue boolean NOT NULL,
      outcome text,
      reviewed_by text
    );
    CREATE INDEX emergency_accesses_order ON emergency_accesses (position);
    CREATE INDEX emergency_accesses_open ON emergency_accesses (position) WHERE outcome IS NULL;
    CREATE INDEX emergency_accesses_case ON emergency_accesses (case_id);
    CREATE INDEX emergency_accesses_staff ON emergency_accesses (staff_id);`,
  entity: EmergencyAccessEntry,
  of: 'grantId',
  idOf: ({ data }) => (data as EmergencyEvent['data']).grantId,
  fold: oneRow((entry, { type, data, stream, position }) => {
    const event = { type, data } as EmergencyEvent;
    if (event.type === 'EmergencyAccessGranted') return entryOf(event.data, stream, position);
    if (event.type === 'EmergencyAccessReviewed')
      return entry && { ...entry, outcome: event.data.outcome, reviewedBy: event.data.reviewedBy };
    return entry && { ...entry, overdue: true };
  }),
});

function entryOf(granted: EmergencyGrant, stream: string, position: OpenedEvent['position']): EmergencyAccessEntry {
  const { grantId, staffId, purpose, grantedAt, endsAt, reviewDueAt } = granted;
  return {
    ...{ grantId, staffId, purpose },
    position: String(position),
    caseId: stream.slice('case-'.length),
    grantedAt: new Date(grantedAt),
    endsAt: new Date(endsAt),
    reviewDueAt: new Date(reviewDueAt),
    ...{ overdue: false, outcome: null, reviewedBy: null },
  };
}
