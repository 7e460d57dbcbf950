import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Aggregates, type Call } from '@waymark/service-kit';
import { concernAggregate } from '../concern.aggregate.js';
import type { CommandOf } from '../domain/concern.commands.js';

/**
 * What the concern takes over from the case that came of it: its team handles the concern as well; whoever has recused no longer knows
 * of the concern either; whoever has broken the glass reads it too, where it stands how to reach the client safely, until that was
 * reviewed.
 */
export type HeardOfCase = CommandOf<'RecordTeam' | 'RecordRecusal' | 'RecordEmergencyAccess' | 'EndEmergencyAccess'>;

export class HearOfCase extends Command<void> {
  constructor(
    readonly concernId: string,
    readonly heard: HeardOfCase,
    readonly call: Call,
  ) {
    super();
  }
}

@CommandHandler(HearOfCase)
export class HearOfCaseHandler implements ICommandHandler<HearOfCase> {
  constructor(private readonly aggregates: Aggregates) {}

  async execute({ concernId, heard, call }: HearOfCase): Promise<void> {
    await this.aggregates.change(concernAggregate, concernId, heard, call);
  }
}
