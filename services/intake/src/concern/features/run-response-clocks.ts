import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { derivedId } from '@waymark/messaging';
import { Aggregates, clockCall, type Doors } from '@waymark/service-kit';
import { concernAggregate } from '../concern.aggregate.js';

type DueCommand = 'WarnOfFirstResponseDue' | 'MarkFirstResponseOverdue' | 'EscalateToHead';

interface DueRow {
  readonly concern_id: string;
  readonly command: DueCommand;
  readonly due_at: Date;
}

/** The ordinary command that a clock sends; the same id for the same due moment, so that it has one effect. */
export class RingResponseClock extends Command<void> {
  constructor(
    readonly concernId: string,
    readonly due: DueCommand,
    readonly dueAt: Date,
  ) {
    super();
  }
}

@CommandHandler(RingResponseClock)
export class RingResponseClockHandler implements ICommandHandler<RingResponseClock> {
  constructor(private readonly aggregates: Aggregates) {}

  async execute({ concernId, due, dueAt }: RingResponseClock): Promise<void> {
    const call = clockCall('intake', derivedId('clock', concernId, due, dueAt.toISOString()));
    await this.aggregates.change(concernAggregate, concernId, { type: due }, call);
  }
}

/**
 * Takes what is due; several instances share the work, each row is taken by one of them. Of a concern only the first that is left
 * may be taken, so that after an outage nobody rings its second bell before another instance has rung its first.
 */
export async function runResponseClocks({ commands, dataSource, clock }: Doors): Promise<void> {
  let taken = 0;
  do {
    taken = await dataSource.transaction(async (manager) => {
      const rows = await manager.query<DueRow[]>(
        `SELECT concern_id, command, due_at FROM response_clocks AS due WHERE due_at <= $1 AND NOT EXISTS
           (SELECT 1 FROM response_clocks AS before WHERE before.concern_id = due.concern_id AND before.due_at < due.due_at)
         ORDER BY due_at, concern_id LIMIT 50 FOR UPDATE SKIP LOCKED`,
        [clock.now()],
      );
      for (const { concern_id, command, due_at } of rows) {
        await commands.execute(new RingResponseClock(concern_id, command, due_at));
        await manager.query('DELETE FROM response_clocks WHERE concern_id = $1 AND command = $2', [
          concern_id,
          command,
        ]);
      }
      return rows.length;
    });
  } while (taken > 0);
}
