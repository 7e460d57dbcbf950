import { Injectable } from '@nestjs/common';
import { Aggregates, notFound } from '@waymark/service-kit';
import type { ActionOn, Principal } from '@waymark/access';
import { ClientTeams } from './client-teams.js';
import { consentRecordAggregate } from './consent-record.aggregate.js';
import type { ConsentEvent } from './domain/consent-record.events.js';

/** Who may look at the erasure of a client, and decide about it. */
@Injectable()
export class ErasureReaders {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly teams: ClientTeams,
  ) {}

  /** What lets the caller do this with a client who is known; to all others the client does not exist. */
  async demand(caller: Principal, action: ActionOn<'Client'>, clientId: string): Promise<string> {
    // First: of an id that nobody has, the policies would say more than of a client who is hidden from the caller.
    await this.mustKnow(clientId, caller);
    return this.teams.demand(caller, action, clientId);
  }

  /** 404 for a client of whom this service has never heard, but for who works for them by another id of theirs. */
  private async mustKnow(clientId: string, caller: Principal): Promise<void> {
    if (await this.teams.know(clientId)) return;
    const history = await this.aggregates.history(consentRecordAggregate, clientId);
    if (!history.every(({ event }) => tellsOfNobody.has(event.type))) return;
    if (history.length === 0 || !(await this.teams.hasInTeam(caller, clientId))) throw notFound();
  }
}

/**
 * What was admitted happens to somebody who reported, and a link to somebody of whose own concern no case tells whom it shuts out: neither
 * makes a client known here.
 */
const tellsOfNobody: ReadonlySet<string> = new Set<ConsentEvent['type']>([
  'ReporterErasureAdmitted',
  'ClientsLinked',
  'ClientLinkAnswered',
]);
