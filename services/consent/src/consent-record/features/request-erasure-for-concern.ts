import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { WithdrawalWay } from '@waymark/contracts';
import { Aggregates, type Call } from '@waymark/service-kit';
import { ClientTeams } from '../client-teams.js';
import { consentRecordAggregate } from '../consent-record.aggregate.js';
import type { ReporterOf } from '../domain/erasure.events.js';
import { linkedRecords } from '../linked-records.js';

/**
 * Intake tells that somebody whose texts a concern holds is to be erased: whoever reported and asks for it, or everybody, by the
 * retention rule (without a way). From here on it goes as with a client.
 */
export class RequestErasureForConcern extends Command<void> {
  constructor(
    readonly personId: string,
    readonly asked: { readonly way?: WithdrawalWay; readonly requestedBy: string; readonly reporterOf: ReporterOf },
    readonly call: Call,
  ) {
    super();
  }
}

@CommandHandler(RequestErasureForConcern)
export class RequestErasureForConcernHandler implements ICommandHandler<RequestErasureForConcern> {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly teams: ClientTeams,
  ) {}

  async execute({ personId, asked, call }: RequestErasureForConcern): Promise<void> {
    // By the rule a client with a case is kept for as long as their cases say (request-due-erasures.ts).
    const byRule = asked.way === undefined;
    if (byRule && personId === asked.reporterOf.clientId && (await this.hasCase(personId))) return;
    const command = { type: 'RequestErasureForConcern', personId, ...asked } as const;
    await this.aggregates.change(consentRecordAggregate, personId, command, call);
  }

  private async hasCase(clientId: string): Promise<boolean> {
    for (const { clientId: id } of await linkedRecords(this.aggregates, clientId))
      if (await this.teams.know(id)) return true;
    return false;
  }
}
