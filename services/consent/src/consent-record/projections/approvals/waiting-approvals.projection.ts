import { foldedRows, oneRow } from '@waymark/projections';
import type { ConsentEvent } from '../../domain/consent-record.events.js';
import { WaitingApproval } from './waiting-approval.entity.js';

/** Erasures and overrides that somebody has asked for and nobody has decided about. */
export const waitingApprovalsProjection = foldedRows({
  name: 'waiting-approvals',
  version: 2,
  categories: ['consent'],
  tables: `
    CREATE TABLE waiting_approvals (
      request_id uuid PRIMARY KEY,
      position bigint NOT NULL,
      kind text NOT NULL,
      client_id uuid NOT NULL,
      requested_by text NOT NULL,
      requested_at timestamptz NOT NULL,
      valid_until timestamptz
    );
    CREATE INDEX waiting_approvals_order ON waiting_approvals (position);`,
  entity: WaitingApproval,
  of: 'requestId',
  idOf: ({ type, data }) => requestOf({ type, data } as ConsentEvent),
  fold: oneRow((_entry, { type, data, position }) => entryOf({ type, data } as ConsentEvent, String(position))),
});

/** The request that an event makes, or that it ends: all that comes after a request ends it, but for what the client's record admits first. */
function requestOf({ type, data }: ConsentEvent): string | undefined {
  if (type === 'ReporterErasureAdmitted') return undefined;
  if ('erasureId' in data) return data.erasureId;
  return 'overrideId' in data ? data.overrideId : undefined;
}

/** Nothing waits any more after it. */
function entryOf(event: ConsentEvent, position: string): WaitingApproval | undefined {
  if (event.type !== 'ErasureRequested' && event.type !== 'OverrideRequested') return undefined;
  const { clientId, requestedBy, requestedAt } = event.data;
  const entry = { position, clientId, requestedBy, requestedAt: new Date(requestedAt) };
  return event.type === 'ErasureRequested'
    ? { ...entry, kind: 'erasure', requestId: event.data.erasureId, validUntil: null }
    : { ...entry, kind: 'override', requestId: event.data.overrideId, validUntil: new Date(event.data.validUntil) };
}
