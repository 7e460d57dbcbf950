import { foldedRows, oneRow } from '@waymark/projections';
import type { CaseEvent } from '../../domain/case.events.js';
import { CaseEntry } from './case-entry.entity.js';

/** Cases with their teams, found by member, by client, by concern and by code. Holds nothing that is sealed. */
export const casesProjection = foldedRows({
  name: 'cases',
  version: 5,
  categories: ['case'],
  tables: `
    CREATE TABLE cases (
      case_id uuid PRIMARY KEY,
      concern_id uuid NOT NULL,
      client_id uuid NOT NULL,
      client_ids uuid[] NOT NULL,
      case_code text NOT NULL,
      stage text NOT NULL,
      officer_id text NOT NULL,
      team text[] NOT NULL,
      shut_out text[] NOT NULL,
      recused text[] NOT NULL,
      review_due_at timestamptz,
      opened_at timestamptz NOT NULL
    );
    CREATE INDEX cases_order ON cases ((coalesce(review_due_at, '-infinity')), case_id);
    CREATE INDEX cases_team ON cases USING gin (team);
    CREATE INDEX cases_client ON cases (client_id);
    CREATE INDEX cases_clients ON cases USING gin (client_ids);
    CREATE INDEX cases_concern ON cases (concern_id);
    CREATE INDEX cases_code ON cases (case_code);`,
  entity: CaseEntry,
  of: 'caseId',
  idOf: ({ stream }) => stream.slice('case-'.length),
  fold: oneRow((entry, { type, data }) => {
    const event = { type, data } as CaseEvent;
    if (event.type !== 'CaseOpened') return entry && { ...entry, ...changeBy(entry, event) };
    const { team, openedAt, shutOut = [], ...opened } = event.data;
    return {
      ...{ ...opened, stage: 'engagement', team: [...team], recused: [], shutOut: [...shutOut], reviewDueAt: null },
      clientIds: [opened.clientId],
      openedAt: new Date(openedAt),
    };
  }),
});

function changeBy(
  { clientIds, recused }: CaseEntry,
  event: Exclude<CaseEvent, { type: 'CaseOpened' }>,
): Partial<CaseEntry> {
  switch (event.type) {
    case 'CaseLinkedToClient':
      return { clientId: event.data.clientId, clientIds: [...new Set([...clientIds, event.data.clientId])] };
    case 'OfficerAssigned':
      return { officerId: event.data.officerId, team: [...event.data.team] };
    case 'TeamMemberAdded':
    case 'TeamMemberRemoved':
      return { team: [...event.data.team] };
    case 'OfficerRecused':
      return { team: [...event.data.team], recused: [...recused, event.data.staffId] };
    case 'StageMoved':
      return { stage: event.data.to };
    case 'CaseClosed':
      return { stage: 'closed' };
    case 'CaseReopened':
      return { stage: event.data.stage };
    case 'RiskAssessed':
      return { reviewDueAt: new Date(event.data.reviewDueAt) };
    case 'NoteWritten':
    case 'EmergencyAccessGranted':
    case 'EmergencyAccessReviewed':
    case 'EmergencyReviewOverdue':
    case 'CaseOpeningConfirmed':
      return {};
  }
}
