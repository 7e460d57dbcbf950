import { foldedRows, oneRow } from '@waymark/projections';
import { dueWorkColumns } from '@waymark/service-kit';
import { type EmergencyEvent, emergencyEvents } from '../../domain/case.events.js';
import { EmergencyReviewBell } from './emergency-review-bell.entity.js';

/** What falls due when nobody reviews an emergency access. Sends nothing itself: a rebuild rings no bell. */
export const emergencyReviewClocksProjection = foldedRows({
  name: 'emergency-review-clocks',
  version: 1,
  categories: ['case'],
  folds: emergencyEvents,
  tables: `
    CREATE TABLE emergency_review_clocks (
      case_id uuid NOT NULL,
      grant_id uuid NOT NULL,
      due_at timestamptz NOT NULL,
      PRIMARY KEY (case_id, grant_id)
    );
    CREATE INDEX emergency_review_clocks_due ON emergency_review_clocks (due_at);
    ${dueWorkColumns('emergency_review_clocks')};`,
  notFolded: ['failures', 'try_at'],
  entity: EmergencyReviewBell,
  of: 'grantId',
  idOf: ({ data }) => (data as EmergencyEvent['data']).grantId,
  fold: oneRow((_bell, { type, data, stream }) => {
    const event = { type, data } as EmergencyEvent;
    if (event.type !== 'EmergencyAccessGranted') return undefined;
    const { grantId, reviewDueAt } = event.data;
    return { caseId: stream.slice('case-'.length), grantId, dueAt: new Date(reviewDueAt) };
  }),
});
