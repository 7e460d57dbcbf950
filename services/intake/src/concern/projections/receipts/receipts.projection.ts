import type { Projection } from '@waymark/projections';
import type { ConcernEvent } from '../../domain/concern.events.js';

/** Which concern a receipt opens, by its slow hash. */
export const receiptsProjection: Projection = {
  name: 'receipts',
  version: 1,
  categories: ['concern'],
  apply: async (recorded, manager) => {
    const event = { type: recorded.type, data: recorded.data } as ConcernEvent;
    if (event.type !== 'ReceiptIssued') return;
    await manager.query('INSERT INTO receipts (receipt_hash, concern_id, scope) VALUES ($1, $2, $3)', [
      event.data.receiptHash,
      recorded.stream.slice('concern-'.length),
      event.data.scope,
    ]);
  },
};
