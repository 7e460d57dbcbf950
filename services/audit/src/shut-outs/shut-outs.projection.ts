import { foldedRows, type OpenedEvent } from '@waymark/projections';
import { factOf } from '../replay/fact.js';
import { isUuid } from '../replay/fields.js';
import { shutOutIn } from '../replay/shut-out-then.js';
import { ShutOutEntry } from './shut-out-entry.entity.js';

/** Whom which concern shuts out, as every stream tells it that does. What was told once stays told. */
export const shutOutsProjection = foldedRows({
  name: 'shut-outs',
  version: 1,
  categories: ['concern', 'case', 'consent'],
  tables: `
    CREATE TABLE shut_outs (
      stream text NOT NULL,
      concern_id text NOT NULL,
      marks text[] NOT NULL,
      client_id uuid,
      tells_of uuid,
      PRIMARY KEY (stream, concern_id)
    );
    CREATE INDEX shut_outs_client ON shut_outs (client_id) WHERE client_id IS NOT NULL;`,
  entity: ShutOutEntry,
  of: 'stream',
  idOf: (event) => (toldIn(event) ? event.stream : undefined),
  fold: (rows, event) => {
    const told = toldIn(event);
    if (!told) return rows;
    const before = rows.find(({ concernId }) => concernId === told.concernId);
    const marks = [...new Set([...(before?.marks ?? []), ...told.marks])].toSorted();
    return [...rows.filter((row) => row !== before), { stream: event.stream, ...told, marks }];
  },
});

function toldIn(event: OpenedEvent): Omit<ShutOutEntry, 'stream'> | undefined {
  const told = shutOutIn(factOf(event));
  if (!told) return undefined;
  const { concernId, marks, telling: { clientId, of } = {} } = told;
  const telling = isUuid(clientId) && isUuid(of) ? { clientId, tellsOf: of } : { clientId: null, tellsOf: null };
  return { concernId, marks: [...marks], ...telling };
}
