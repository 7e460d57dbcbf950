import { foldedRows, oneRow } from '@waymark/projections';
import type { ConcernEvent } from '../../domain/concern.events.js';
import { ReceiptEntry } from './receipt-entry.entity.js';

const folds = ['ReceiptIssued', 'ReceiptWithdrawn'] as const satisfies readonly ConcernEvent['type'][];
type FoldedEvent = Extract<ConcernEvent, { type: (typeof folds)[number] }>;

/** Which concern a receipt opens, by its slow hash: the first for which it was issued, so that none is lost behind another. */
export const receiptsProjection = foldedRows({
  name: 'receipts',
  version: 2,
  categories: ['concern'],
  folds,
  tables: `
    CREATE TABLE receipts (
      receipt_hash text PRIMARY KEY,
      concern_id uuid NOT NULL,
      scope text NOT NULL CHECK (scope IN ('reporter', 'client'))
    );`,
  entity: ReceiptEntry,
  of: 'receiptHash',
  idOf: ({ data }) => (data as FoldedEvent['data']).receiptHash,
  fold: oneRow((entry, { type, data, stream }) => {
    const event = { type, data } as FoldedEvent;
    const concernId = stream.slice('concern-'.length);
    if (event.type === 'ReceiptWithdrawn') return entry?.concernId === concernId ? undefined : entry;
    return entry ?? { receiptHash: event.data.receiptHash, scope: event.data.scope, concernId };
  }),
});
