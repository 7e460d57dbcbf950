import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { DomainRejection } from '@waymark/event-sourcing';
import { Aggregates, type HeardOfTeam, HearOfTeam } from '@waymark/service-kit';
import { concernAggregate } from '../concern.aggregate.js';
import type { HeardOfCase } from './hear-of-case.js';

/** What the messages of the case service say of its team and of who has recused (integration/consume.ts), told before them. */
@CommandHandler(HearOfTeam)
export class HearOfTeamOfConcernHandler implements ICommandHandler<HearOfTeam> {
  constructor(private readonly aggregates: Aggregates) {}

  async execute({ caseId, told, call }: HearOfTeam): Promise<HeardOfTeam> {
    const { concernId, team, changedAt, revision, recused } = told;
    if (concernId === undefined) return { known: false };
    const heard: HeardOfCase = {
      type: 'RecordTeam',
      changed: { caseId, team: [...team], changedAt, revision },
      ...(recused === undefined ? {} : { recused }),
    };
    try {
      await this.aggregates.change(concernAggregate, concernId, heard, call);
      return { known: true };
    } catch (error) {
      if (error instanceof DomainRejection && error.code === 'concern_not_found') return { known: false };
      throw error;
    }
  }
}
