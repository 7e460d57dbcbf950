import { Injectable } from '@nestjs/common';
import { Aggregates } from '@waymark/service-kit';
import type { Principal } from '@waymark/access';
import { ClientTeams } from './client-teams.js';
import { consentRecordAggregate } from './consent-record.aggregate.js';

/** Who may look at the erasure of a client. */
@Injectable()
export class ErasureReaders {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly teams: ClientTeams,
  ) {}

  /** Supervisors, who approve, and the team; to all others the client does not exist. */
  async mustInclude(caller: Principal, clientId: string): Promise<'supervision' | 'team'> {
    if (caller.kind !== 'staff' || !caller.roles.includes('supervisor'))
      return this.teams.mustInclude(caller, clientId);
    await this.mustKnow(clientId);
    return 'supervision';
  }

  /** 404 for a client of whom this service has never heard. */
  async mustKnow(clientId: string): Promise<void> {
    if (await this.teams.know(clientId)) return;
    await this.aggregates.loadExisting(consentRecordAggregate, clientId);
  }
}
