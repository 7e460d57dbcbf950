import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { derivedId } from '@waymark/messaging';
import { clockCall, Clock, type Doors } from '@waymark/service-kit';
import { DataSource } from 'typeorm';
import { RequestErasure } from './request-erasure.js';

/** After how many months without anything new the erasure of a client is asked for; undefined: never. */
export class RetentionRule {
  constructor(readonly months: number | undefined) {}
}

/** Asks for the erasures that the retention rule wants. Each has to be approved by a person all the same. */
export class RequestDueErasures extends Command<void> {}

const atOnce = 100;

@CommandHandler(RequestDueErasures)
export class RequestDueErasuresHandler implements ICommandHandler<RequestDueErasures> {
  constructor(
    private readonly commands: CommandBus,
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly rule: RetentionRule,
  ) {}

  async execute(): Promise<void> {
    if (this.rule.months === undefined) return;
    const end = new Date(this.clock.now());
    end.setUTCMonth(end.getUTCMonth() - this.rule.months);
    // Neither in the consent record nor in the team of a case has anything happened since.
    const due = await this.dataSource.query<{ client_id: string }[]>(
      `SELECT client_id FROM erasures WHERE status IS NULL AND last_event_at < $1
         AND NOT EXISTS (SELECT 1 FROM case_teams AS t WHERE t.client_id = erasures.client_id AND t.changed_at >= $1)
       ORDER BY last_event_at, client_id LIMIT ${atOnce}`,
      [end],
    );
    for (const { client_id } of due) {
      const call = clockCall('consent', derivedId('retention', client_id));
      await this.commands.execute(new RequestErasure(client_id, 'retention', undefined, call));
    }
  }
}

export const runRetention = ({ commands }: Doors): Promise<void> => commands.execute(new RequestDueErasures());
