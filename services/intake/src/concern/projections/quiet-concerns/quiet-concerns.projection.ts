import { foldedRows, oneRow } from '@waymark/projections';
import type { ConcernEvent } from '../../domain/concern.events.js';
import { QuietConcern } from './quiet-concern.entity.js';

/** Since when nothing has happened in each concern, whose texts it still holds, and who came again: what the retention rule asks. */
export const quietConcernsProjection = foldedRows({
  name: 'quiet-concerns',
  version: 1,
  categories: ['concern'],
  tables: `
    CREATE TABLE quiet_concerns (
      concern_id uuid PRIMARY KEY,
      client_ids uuid[] NOT NULL,
      quiet_since timestamptz NOT NULL,
      accepted boolean NOT NULL,
      reporter_apart boolean NOT NULL,
      erased text[] NOT NULL,
      told boolean NOT NULL
    );
    CREATE INDEX quiet_concerns_due ON quiet_concerns (quiet_since) WHERE NOT told AND (NOT accepted OR reporter_apart);
    CREATE INDEX quiet_concerns_clients ON quiet_concerns USING gin (client_ids);`,
  entity: QuietConcern,
  of: 'concernId',
  idOf: ({ stream }) => stream.slice('concern-'.length),
  fold: oneRow((entry, { type, data, stream, recordedAt }) => {
    const event = { type, data } as ConcernEvent;
    const quietSince = new Date(recordedAt);
    if (event.type === 'ConcernSubmitted')
      return {
        concernId: stream.slice('concern-'.length),
        clientIds: [event.data.clientId],
        ...{ quietSince, accepted: false, erased: [], told: false },
        reporterApart: event.data.reporterId !== event.data.clientId,
      };
    return entry && { ...entry, quietSince, told: false, ...changeBy(event, entry) };
  }),
});

function changeBy(event: ConcernEvent, { clientIds, erased }: QuietConcern): Partial<QuietConcern> {
  if (event.type === 'ConcernAccepted') return { accepted: true };
  if (event.type === 'ConcernLinkedToClient') return { clientIds: [...clientIds, event.data.earlierClientId] };
  if (event.type === 'PersonErased') return { erased: [...erased, ...event.data.persons] };
  return { told: event.type === 'RetentionEnded' };
}
