import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type ActionOn, decide, type Principal, type Resource, staffRefs } from '@waymark/access';
import { Aggregates, groundOf } from '@waymark/service-kit';
import { linkedRecords } from './linked-records.js';

/** Who works on a client's cases: the local copy of what the case service tells (integration/consume.ts). */
@Injectable()
export class ClientTeams {
  constructor(
    private readonly dataSource: DataSource,
    private readonly aggregates: Aggregates,
  ) {}

  /** Whether there is a case of the client. */
  async know(clientId: string): Promise<boolean> {
    const rows = await this.dataSource.query<object[]>('SELECT 1 FROM case_teams WHERE client_id = $1 LIMIT 1', [
      clientId,
    ]);
    return rows.length > 0;
  }

  /** What lets the caller do this with the client's record; for all others the client does not exist. */
  async demand(caller: Principal, action: ActionOn<'Client'>, clientId: string): Promise<string> {
    return groundOf(decide(caller, action, await this.resourceOf(clientId)));
  }

  /** A client as the policies see them, by whichever id. One of whom no case is known has nobody who works for them. */
  async resourceOf(clientId: string): Promise<Resource<'Client'>> {
    const ids = (await linkedRecords(this.aggregates, clientId)).map((each) => each.clientId);
    const rows = await this.dataSource.query<{ team: string[] }[]>(
      'SELECT team FROM case_teams WHERE client_id = ANY($1)',
      [ids],
    );
    const team = [...new Set(rows.flatMap((row) => row.team))];
    return { type: 'Client', id: clientId, attributes: { team: staffRefs(team) } };
  }
}
