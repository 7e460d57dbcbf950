import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { decide, type Principal, staffRefs } from '@waymark/access';
import { groundOf, notFound } from '@waymark/service-kit';

export interface TeamCase {
  readonly caseId: string;
  readonly clientId: string;
  readonly team: readonly string[];
}

/** Who works on which case: the local copy of what the case service tells (integration/consume.ts). */
@Injectable()
export class CaseTeams {
  constructor(private readonly dataSource: DataSource) {}

  async find(caseId: string): Promise<TeamCase | undefined> {
    const rows = await this.dataSource.query<{ case_id: string; client_id: string; team: string[] }[]>(
      'SELECT case_id, client_id, team FROM case_teams WHERE case_id = $1',
      [caseId],
    );
    return rows[0] && { caseId: rows[0].case_id, clientId: rows[0].client_id, team: rows[0].team };
  }

  /** The case, for whoever may refer from it; for all others it does not exist. */
  async demand(caller: Principal, action: 'DraftReferral', caseId: string): Promise<TeamCase> {
    const found = await this.find(caseId);
    if (!found) throw notFound();
    groundOf(
      decide(caller, action, { type: 'Case', id: caseId, attributes: { team: staffRefs(found.team), underGlass: [] } }),
    );
    return found;
  }
}
