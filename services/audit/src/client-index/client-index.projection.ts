import type { EntityManager } from 'typeorm';
import { type Fold, folding, type OpenedEvent, type Projection } from '@waymark/projections';
import { isUuid } from '../replay/fields.js';

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

const streamName = /^[a-z][a-z0-9_]{0,63}-[A-Za-z0-9_-]{1,128}$/;

/** Which streams are about which client. Streams, not events: what came before the client was known belongs to them too. */
export const clientIndexProjection: Projection<'client-index'> = {
  name: 'client-index',
  version: 3,
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
    );
    CREATE TABLE client_links (
      client_id uuid NOT NULL,
      linked_client_id uuid NOT NULL,
      PRIMARY KEY (client_id, linked_client_id)
    );`,
  ...folding(() => new StreamsSeen()),
};

/** Two texts that belong together, once each. */
class Pairs {
  private readonly pairs = new Map<string, readonly [string, string]>();

  get size(): number {
    return this.pairs.size;
  }

  add(one: string, other: string): void {
    this.pairs.set(`${one} ${other}`, [one, other]);
  }

  columns(): readonly [readonly string[], readonly string[]] {
    const pairs = [...this.pairs.values()];
    return [pairs.map(([one]) => one), pairs.map(([, other]) => other)];
  }

  clear(): void {
    this.pairs.clear();
  }
}

class StreamsSeen implements Fold {
  private readonly named = new Pairs();
  private readonly links = new Pairs();
  private readonly persons = new Pairs();

  get held(): number {
    return this.named.size + this.links.size + this.persons.size;
  }

  take(events: readonly OpenedEvent[]): void {
    for (const event of events) {
      const linked = linkedClientIn(event);
      if (linked) this.persons.add(...linked);
      const clientId = clientNamedIn(event);
      const resource = clientId === undefined ? resourceNamedIn(event) : undefined;
      if (clientId !== undefined) this.named.add(event.stream, clientId);
      else if (resource !== undefined) this.links.add(resource, event.stream);
    }
  }

  async write(manager: EntityManager): Promise<void> {
    if (this.held === 0) return;
    const links = this.links.columns();
    await manager.query(
      `INSERT INTO stream_links (refers_to, stream) SELECT * FROM unnest($1::text[], $2::text[]) ON CONFLICT DO NOTHING`,
      [...links],
    );
    await manager.query(
      `INSERT INTO client_links SELECT * FROM unnest($1::uuid[], $2::uuid[]) ON CONFLICT DO NOTHING`,
      [...this.persons.columns()],
    );
    await manager.query(belongings, [...this.named.columns(), ...links]);
    this.named.clear();
    this.links.clear();
    this.persons.clear();
  }
}

/**
 * The streams that named a client, those that now refer to a client's stream, and all that take their client from either, however
 * far away.
 */
const belongings = `
  WITH RECURSIVE about (stream, client_id) AS (
    (SELECT stream, client_id FROM unnest($1::text[], $2::uuid[]) AS named (stream, client_id)
     UNION
     SELECT l.stream, c.client_id
     FROM unnest($3::text[], $4::text[]) AS l (refers_to, stream) JOIN client_streams c ON c.stream = l.refers_to)
    UNION
    SELECT l.stream, a.client_id FROM about a JOIN stream_links l ON l.refers_to = a.stream
  )
  INSERT INTO client_streams (stream, client_id) SELECT stream, client_id FROM about ON CONFLICT DO NOTHING`;

function clientNamedIn({ category, stream, data }: OpenedEvent): string | undefined {
  const isOfClient = category === 'consent' || category.endsWith('_erasure');
  const named = isOfClient ? stream.slice(category.length + 1) : 'clientId' in data ? data.clientId : undefined;
  return isUuid(named) ? named : undefined;
}

/** Two ids of one person. The stream of each of them tells it. */
function linkedClientIn({ type, stream, data }: OpenedEvent): readonly [string, string] | undefined {
  const linked = type === 'ClientsLinked' && 'linkedClientId' in data ? data.linkedClientId : undefined;
  const clientId = stream.slice('consent-'.length);
  return isUuid(linked) && isUuid(clientId) ? [clientId, linked] : undefined;
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
