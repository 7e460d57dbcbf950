import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { EventStore } from '@waymark/event-store';
import { Views } from '@waymark/service-kit';
import type { AuditView } from '../audit-views.js';
import { EVENT_LOG } from '../history/event-log.js';

/** Finds the streams of a client. Waits until the index has seen the log to its end: audit answers nothing half. */
@Injectable()
export class ClientIndex {
  constructor(
    private readonly dataSource: DataSource,
    private readonly views: Views<AuditView>,
    @Inject(EVENT_LOG) private readonly log: EventStore,
  ) {}

  /** After everything that was acknowledged before. */
  async streamsOf(clientId: string, after?: string): Promise<readonly string[]> {
    await this.caughtUp(after);
    return streamsOfClient(this.dataSource, clientId);
  }

  async clientOfCase(caseId: string, after?: string): Promise<string | undefined> {
    await this.caughtUp(after);
    return clientOfCase(this.dataSource, caseId);
  }

  /** `after`: the `Waymark-Position` that the caller insists on. */
  async caughtUp(after?: string): Promise<void> {
    const end = await this.endOfLog(this.views.furthest());
    const named = after !== undefined && /^\d{1,18}$/.test(after) ? BigInt(after) : 0n;
    await this.views.caughtUp(['client-index', 'shut-outs', 'accesses'], String(named > end ? named : end));
  }

  /** Asked by way of a category without events, so that the answer is a position and nothing else. */
  private async endOfLog(from: bigint): Promise<bigint> {
    let end = from;
    for (let round = 0; round < 10; round += 1) {
      const { position } = await this.log.readAll({ after: end, categories: ['audit_nothing'], limit: 1 });
      if (position === end) break;
      end = position;
    }
    return end;
  }
}

type Rows = Pick<DataSource, 'query'>;

/** SQL: a table `ids` of all ids of the person who has this one. */
export const idsOfPerson = (clientId: string): string => `WITH RECURSIVE ids (client_id) AS (
  SELECT ${clientId} UNION SELECT l.linked_client_id FROM ids JOIN client_links l USING (client_id)
)`;

/**
 * By whichever id of the person. In the order of their names; empty for a client of whom the log knows nothing but that somebody asked for
 * them.
 */
export async function streamsOfClient(dataSource: Rows, clientId: string): Promise<readonly string[]> {
  const rows = await dataSource.query<{ stream: string }[]>(
    `${idsOfPerson('$1::uuid')}
     SELECT DISTINCT stream FROM client_streams JOIN ids USING (client_id) ORDER BY stream`,
    [clientId],
  );
  const streams = rows.map(({ stream }) => stream);
  return streams.every(isOfAccesses) ? [] : streams;
}

const isOfAccesses = (stream: string): boolean => /^[a-z]+_access-/.test(stream);

export async function clientOfCase(dataSource: Rows, caseId: string): Promise<string | undefined> {
  const rows = await dataSource.query<{ client_id: string }[]>(
    'SELECT client_id FROM client_streams WHERE stream = $1 ORDER BY client_id LIMIT 1',
    [`case-${caseId}`],
  );
  return rows[0]?.client_id;
}
