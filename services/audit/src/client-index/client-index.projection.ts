import type { EntityManager } from 'typeorm';
import type { OpenedEvent, Projection } from '@waymark/projections';

/** The streams of all services, and audit's own record of who replayed what. */
const categories = [
  'concern',
  'case',
  'consent',
  'referral',
  'intake_process',
  'consent_process',
  'intake_erasure',
  'case_erasure',
  'consent_erasure',
  'referral_erasure',
  'intake_access',
  'case_access',
  'consent_access',
  'referral_access',
  'audit_access',
] as const;

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const streamName = /^[a-z][a-z0-9_]{0,63}-[A-Za-z0-9_-]{1,128}$/;

/** Which streams are about which client. Streams, not events: what came before the client was known belongs to them too. */
export const clientIndexProjection: Projection = {
  name: 'client-index',
  version: 2,
  categories,
  tables: `
    CREATE TABLE client_streams (
      stream text NOT NULL,
      client_id uuid NOT NULL,
      PRIMARY KEY (stream, client_id)
    );
    CREATE INDEX client_streams_client ON client_streams (client_id);
    CREATE TABLE stream_links (
      refers_to text NOT NULL,
      stream text NOT NULL,
      PRIMARY KEY (refers_to, stream)
    );`,
  apply: async (event, manager) => {
    const clientId = clientNamedIn(event);
    if (clientId !== undefined) return belongsTo(event.stream, clientId, manager);
    const resource = resourceNamedIn(event);
    if (resource !== undefined) await follows(event.stream, resource, manager);
  },
};

function clientNamedIn({ category, stream, data }: OpenedEvent): string | undefined {
  const isOfClient = category === 'consent' || category.endsWith('_erasure');
  const named = isOfClient ? stream.slice(category.length + 1) : 'clientId' in data ? data.clientId : undefined;
  return typeof named === 'string' && uuid.test(named) ? named : undefined;
}

/**
 * What an access event says was read, which may be refused before the client is known to the reader's service; and the stream in which
 * the cause of a process lies.
 */
function resourceNamedIn({ category, data }: OpenedEvent): string | undefined {
  const read = category.endsWith('_access') && 'resource' in data ? data.resource : undefined;
  const resource = category.endsWith('_process') && 'stream' in data ? data.stream : read;
  return typeof resource === 'string' && streamName.test(resource) ? resource : undefined;
}

/** The stream, and all that take their client from it, however far away. */
async function belongsTo(stream: string, clientId: string, manager: EntityManager): Promise<void> {
  await manager.query(
    `WITH RECURSIVE about (stream) AS (
       SELECT $1::text UNION SELECT l.stream FROM stream_links l JOIN about a ON l.refers_to = a.stream
     )
     INSERT INTO client_streams (stream, client_id) SELECT stream, $2 FROM about ON CONFLICT DO NOTHING`,
    [stream, clientId],
  );
}

async function follows(stream: string, resource: string, manager: EntityManager): Promise<void> {
  await manager.query('INSERT INTO stream_links (refers_to, stream) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
    resource,
    stream,
  ]);
  const clients = await manager.query<{ client_id: string }[]>(
    'SELECT client_id FROM client_streams WHERE stream = $1',
    [resource],
  );
  for (const { client_id } of clients) await belongsTo(stream, client_id, manager);
}
