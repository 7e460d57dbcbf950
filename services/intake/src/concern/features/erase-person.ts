import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { derivedId } from '@waymark/messaging';
import { Aggregates, type Call, Views } from '@waymark/service-kit';
import { DataSource } from 'typeorm';
import type { IntakeView } from '../projections/intake-views.js';
import { concernAggregate } from '../concern.aggregate.js';

/** Takes out of the queue what tells of a person whose key is gone, the client of a concern or whoever reported it. */
export class ErasePerson extends Command<void> {
  constructor(
    readonly personId: string,
    readonly erasureId: string,
    readonly call: Call,
  ) {
    super();
  }
}

@CommandHandler(ErasePerson)
export class ErasePersonHandler implements ICommandHandler<ErasePerson> {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly dataSource: DataSource,
    private readonly views: Views<IntakeView>,
  ) {}

  async execute({ personId, erasureId, call }: ErasePerson): Promise<void> {
    // What is folded later is folded without the key, and tells nothing.
    await this.views.caughtUp(['concern-queue']);
    const concerns = await this.dataSource.query<{ concern_id: string }[]>(
      'SELECT concern_id FROM concern_queue WHERE client_id = $1 OR reporter_id = $1 ORDER BY concern_id',
      [personId],
    );
    for (const { concern_id } of concerns)
      await this.aggregates.change(
        concernAggregate,
        concern_id,
        { type: 'ErasePerson', personId, erasureId },
        { ...call, commandId: derivedId(call.commandId, concern_id) },
      );
  }
}
