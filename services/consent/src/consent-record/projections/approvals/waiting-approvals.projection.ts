import { foldedRows, oneRow } from '@waymark/projections';
import type { ConsentEvent } from '../../domain/consent-record.events.js';
import { WaitingApproval } from './waiting-approval.entity.js';

/** Erasures and overrides that somebody has asked for and nobody has approved. */
export const waitingApprovalsProjection = foldedRows({
  name: 'waiting-approvals',
  version: 1,
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
  fold: oneRow((_entry, { type, data, position }) => {
    const event = { type, data } as ConsentEvent;
    switch (event.type) {
      case 'ErasureRequested': {
        const { erasureId: requestId, clientId, requestedBy, requestedAt } = event.data;
        return waiting({ kind: 'erasure', requestId, clientId, requestedBy, validUntil: null }, requestedAt, position);
      }
      case 'OverrideRequested': {
        const { overrideId: requestId, clientId, requestedBy, requestedAt, validUntil } = event.data;
        const request = {
          kind: 'override' as const,
          requestId,
          clientId,
          requestedBy,
          validUntil: new Date(validUntil),
        };
        return waiting(request, requestedAt, position);
      }
      default:
        return undefined;
    }
  }),
});

const waiting = (
  request: Omit<WaitingApproval, 'requestedAt' | 'position'>,
  requestedAt: string,
  position: bigint,
): WaitingApproval => ({ ...request, requestedAt: new Date(requestedAt), position: String(position) });

/** The request that an event makes or answers. */
function requestOf(event: ConsentEvent): string | undefined {
  switch (event.type) {
    case 'ErasureRequested':
    case 'ErasureApproved':
      return event.data.erasureId;
    case 'OverrideRequested':
    case 'OverrideApproved':
      return event.data.overrideId;
    default:
      return undefined;
  }
}
