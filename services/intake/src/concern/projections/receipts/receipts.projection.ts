import { foldedRows, oneRow, type OpenedEvent } from '@waymark/projections';
import type { ConcernEvent } from '../../domain/concern.events.js';
import { ReceiptEntry } from './receipt-entry.entity.js';

/** Which concern a receipt opens, by its slow hash: the first for which it was issued, so that none is lost behind another. */
export const receiptsProjection = foldedRows({
  name: 'receipts',
  version: 2,
  categories: ['concern'],
  tables: `
    CREATE TABLE receipts (
      receipt_hash text PRIMARY KEY,
      concern_id uuid NOT NULL,
      scope text NOT NULL CHECK (scope IN ('reporter', 'client'))
    );`,
  entity: ReceiptEntry,
  of: 'receiptHash',
  idOf: (event) => receiptOf(event)?.receiptHash,
  fold: oneRow((entry, event) => {
    const { type, data } = event as ConcernEvent & OpenedEvent;
    const concernId = event.stream.slice('concern-'.length);
    if (type === 'ReceiptWithdrawn') return entry?.concernId === concernId ? undefined : entry;
    return type === 'ReceiptIssued' && !entry ? { receiptHash: data.receiptHash, scope: data.scope, concernId } : entry;
  }),
});

function receiptOf({ type, data }: OpenedEvent) {
  const event = { type, data } as ConcernEvent;
  return event.type === 'ReceiptIssued' || event.type === 'ReceiptWithdrawn' ? event.data : undefined;
}
