import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { derivedId } from '@waymark/messaging';
import {
  Aggregates,
  clockCall,
  Clock,
  type Doors,
  dueInPages,
  forEachDue,
  RetentionRule,
  Views,
} from '@waymark/service-kit';
import { DataSource } from 'typeorm';
import type { ConsentView } from '../projections/consent-views.js';
import { ClientTeams } from '../client-teams.js';
import { type LinkedRecord, linkedRecords } from '../linked-records.js';
import { RequestErasure } from './request-erasure.js';

/** Asks for the erasures that the retention rule wants. Each has to be approved by a person all the same. */
export class RequestDueErasures extends Command<void> {}

interface Due {
  readonly client_id: string;
  /** Null: nothing was ever written in the consent record. */
  readonly silent_since: Date | null;
}

@CommandHandler(RequestDueErasures)
export class RequestDueErasuresHandler implements ICommandHandler<RequestDueErasures> {
  constructor(
    private readonly commands: CommandBus,
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly rule: RetentionRule,
    private readonly aggregates: Aggregates,
    private readonly teams: ClientTeams,
    private readonly views: Views<ConsentView>,
  ) {}

  async execute(): Promise<void> {
    const end = this.rule.keptSince(this.clock.now());
    if (!end) return;
    const due = dueInPages(
      () => this.views.caughtUp(['erasures']),
      (after, limit) => this.dueAfter(after, limit, end),
      ({ client_id }) => client_id,
    );
    await forEachDue(due, (row) => this.request(row, end));
  }

  /** Once for each silence: who came again after a request, or for whom it was declined, may be silent for as long once more. */
  private async request({ client_id, silent_since }: Due, end: Date): Promise<void> {
    const [own, ...others] = await linkedRecords(this.aggregates, client_id);
    if (!isSilentSince(own, silent_since) || (await this.isActiveByAnotherId(others, end))) return;
    const call = clockCall('consent', derivedId('retention', client_id, silent_since?.toISOString() ?? ''));
    const asSeen = { ...call, ifMatch: own.history.length - 1 };
    await this.commands.execute(new RequestErasure(client_id, 'retention', undefined, asSeen));
  }

  /** Every case is closed, and since that nothing has happened in the consent record, where there is one. */
  private dueAfter(after: string, limit: number, end: Date): Promise<Due[]> {
    return this.dataSource.query(
      `SELECT client_id, silent_since FROM (
         SELECT client_id, last_event_at AS silent_since FROM erasures WHERE status IS NULL AND last_event_at < $1
         UNION
         SELECT client_id, NULL FROM case_teams AS t WHERE NOT EXISTS (SELECT FROM erasures AS e WHERE e.client_id = t.client_id)
       ) AS silent
       WHERE client_id > $2 AND NOT EXISTS (
         SELECT FROM case_teams AS t WHERE t.client_id = silent.client_id AND (t.closed_at IS NULL OR t.closed_at >= $1)
       )
       ORDER BY client_id LIMIT $3`,
      [end, after, limit],
    );
  }

  private async isActiveByAnotherId(records: readonly LinkedRecord[], end: Date): Promise<boolean> {
    const others = records.map((each) => each.clientId);
    if (others.length === 0) return false;
    const active = await this.dataSource.query<object[]>(
      'SELECT 1 FROM erasures WHERE client_id = ANY($1) AND last_event_at >= $2 LIMIT 1',
      [others, end],
    );
    return active.length > 0 || this.teams.hadCaseSince(others, end);
  }
}

/** Whether nothing has happened in the record since the view was read; what happens to a reporter does not count there. */
function isSilentSince({ history }: LinkedRecord, since: Date | null): boolean {
  const last = history.findLast(({ event }) => event.type !== 'ReporterErasureAdmitted');
  return last === undefined || (since !== null && new Date(last.recorded.metadata.occurredAt) <= since);
}

export const runRetention = ({ commands }: Doors): Promise<void> => commands.execute(new RequestDueErasures());
