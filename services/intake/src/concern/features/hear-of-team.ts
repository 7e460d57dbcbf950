import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { derivedId } from '@waymark/messaging';
import { Aggregates, type HeardOfTeam, HearOfTeam } from '@waymark/service-kit';
import { concernAggregate } from '../concern.aggregate.js';
import type { HeardOfCase } from './hear-of-case.js';

/** What the messages of the case service say of its team and of who has recused (integration/consume.ts), told before them. */
@CommandHandler(HearOfTeam)
export class HearOfTeamOfConcernHandler implements ICommandHandler<HearOfTeam> {
  constructor(private readonly aggregates: Aggregates) {}

  async execute({ caseId, told, call }: HearOfTeam): Promise<HeardOfTeam> {
    const { concernId, team, changedAt, revision, recused: staffId } = told;
    if (concernId === undefined) return { known: false };
    const { state } = await this.aggregates.load(concernAggregate, concernId);
    if (state.status === 'none') return { known: false };
    const heard: readonly HeardOfCase[] = [
      { type: 'RecordTeam', changed: { caseId, team: [...team], changedAt, revision } },
      ...(staffId === undefined ? [] : [{ type: 'RecordRecusal', caseId, staffId, recusedAt: changedAt } as const]),
    ];
    for (const command of heard) {
      const commandId = derivedId(call.commandId, command.type);
      await this.aggregates.change(concernAggregate, concernId, command, { ...call, commandId });
    }
    return { known: true };
  }
}
