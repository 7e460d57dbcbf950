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
  idOf: (event) => issuedBy(event)?.receiptHash,
  fold: oneRow((entry, event) => {
    const issued = issuedBy(event);
    return issued && !entry ? { ...issued, concernId: event.stream.slice('concern-'.length) } : entry;
  }),
});

function issuedBy({ type, data }: OpenedEvent) {
  const event = { type, data } as ConcernEvent;
  return event.type === 'ReceiptIssued' ? event.data : undefined;
}
