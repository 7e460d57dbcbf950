import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { fold } from '@waymark/event-sourcing';
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
import type { IntakeView } from '../projections/intake-views.js';
import { concernAggregate } from '../concern.aggregate.js';
import { ConcernMarks } from '../concern-marks.js';

/** Tells of the concerns that have been kept for as long as the retention rule says. Nothing is erased by that. */
export class EndDueRetentions extends Command<void> {}

interface QuietRow {
  readonly concern_id: string;
  readonly quiet_since: Date;
}

@CommandHandler(EndDueRetentions)
export class EndDueRetentionsHandler implements ICommandHandler<EndDueRetentions> {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly rule: RetentionRule,
    private readonly marks: ConcernMarks,
    private readonly views: Views<IntakeView>,
  ) {}

  async execute(): Promise<void> {
    const end = this.rule.keptSince(this.clock.now());
    if (!end) return;
    const due = dueInPages(
      () => this.views.caughtUp(['quiet-concerns']),
      (after, limit) => this.dueAfter(after, limit, end),
      ({ concern_id }) => concern_id,
    );
    await forEachDue(due, (row) => this.endRetention(row));
  }

  /**
   * Where no case followed, of everybody; where one did, of whoever reported, once the client is erased. As long as something happens
   * in another concern of the client, they have come again, and nobody asks.
   */
  private dueAfter(after: string, limit: number, end: Date): Promise<QuietRow[]> {
    return this.dataSource.query(
      `SELECT concern_id, quiet_since FROM quiet_concerns AS q
       WHERE concern_id > $2 AND quiet_since < $1 AND NOT told AND (NOT accepted OR reporter_apart)
         AND (NOT accepted OR erased @> '{client}')
         AND NOT (erased @> '{client}' AND (NOT reporter_apart OR erased @> '{reporter}'))
         AND NOT EXISTS (
           SELECT FROM quiet_concerns AS o
           WHERE o.client_ids && q.client_ids AND o.concern_id <> q.concern_id AND o.quiet_since >= $1
         )
       ORDER BY concern_id LIMIT $3`,
      [end, after, limit],
    );
  }

  /** The same for the same silence, however often it is tried. Nothing where the silence is over. */
  private async endRetention({ concern_id: concernId, quiet_since: quietSince }: QuietRow): Promise<void> {
    const call = clockCall('intake', derivedId('retention', concernId, quietSince.toISOString()));
    const history = await this.aggregates.history(concernAggregate, concernId);
    const last = history.at(-1);
    if (!last || new Date(last.recorded.recordedAt) > quietSince) return;
    const events = history.map(({ event }) => event);
    const state = fold(concernAggregate.decider, events);
    if (state.status === 'none') return;
    const command = { type: 'EndRetention', shutOut: this.marks.shutOutOf(state) } as const;
    await this.aggregates.change(concernAggregate, concernId, command, { ...call, ifMatch: history.length - 1 });
  }
}

export const endDueRetentions = ({ commands }: Doors): Promise<void> => commands.execute(new EndDueRetentions());
