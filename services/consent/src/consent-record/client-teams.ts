import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Principal } from '@waymark/access';
import { notFound } from '@waymark/service-kit';

/** Who works on a client's cases: the local copy of what the case service tells (integration/consume.ts). */
@Injectable()
export class ClientTeams {
  constructor(private readonly dataSource: DataSource) {}

  /** Whether there is a case of the client. */
  async know(clientId: string): Promise<boolean> {
    const rows = await this.dataSource.query<object[]>('SELECT 1 FROM case_teams WHERE client_id = $1 LIMIT 1', [
      clientId,
    ]);
    return rows.length > 0;
  }

  /** Members of the team of one of the client's cases pass; to all others the client does not exist. */
  async mustInclude(caller: Principal, clientId: string): Promise<'team'> {
    if (caller.kind !== 'staff') throw notFound();
    const rows = await this.dataSource.query<object[]>(
      'SELECT 1 FROM case_teams WHERE client_id = $1 AND team @> ARRAY[$2]::text[] LIMIT 1',
      [clientId, caller.id],
    );
    if (rows.length === 0) throw notFound();
    return 'team';
  }
}
