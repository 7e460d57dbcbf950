import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { derivedId } from '@waymark/messaging';
import { Aggregates, clockCall, type Doors, type DueWork } from '@waymark/service-kit';
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
 * Of a concern only the first bell that is left may be rung, so that after an outage nobody rings its second before another instance
 * has rung its first.
 */
export const responseClocks = ({ commands }: Doors): DueWork<DueRow> => ({
  name: 'response-clocks',
  table: 'response_clocks',
  key: ['concern_id', 'command'],
  inOrderOf: 'concern_id',
  perform: ({ concern_id, command, due_at }) => commands.execute(new RingResponseClock(concern_id, command, due_at)),
});
