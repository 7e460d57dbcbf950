import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Principal } from '@waymark/access';
import { notFound } from '@waymark/service-kit';

export interface TeamCase {
  readonly caseId: string;
  readonly clientId: string;
}

/** Who works on which case: the local copy of what the case service tells (integration/consume.ts). */
@Injectable()
export class CaseTeams {
  constructor(private readonly dataSource: DataSource) {}

  /** The case, for a member of its team. */
  async find(caller: Principal, caseId: string): Promise<TeamCase | undefined> {
    if (caller.kind !== 'staff') return undefined;
    const rows = await this.dataSource.query<{ case_id: string; client_id: string }[]>(
      'SELECT case_id, client_id FROM case_teams WHERE case_id = $1 AND team @> ARRAY[$2]::text[]',
      [caseId, caller.id],
    );
    return rows[0] && { caseId: rows[0].case_id, clientId: rows[0].client_id };
  }

  /** As `find`; for all others the case does not exist. */
  async mustInclude(caller: Principal, caseId: string): Promise<TeamCase> {
    return (await this.find(caller, caseId)) ?? notThere();
  }
}

const notThere = (): never => {
  throw notFound();
};
