import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { DataSource, type EntityManager } from 'typeorm';
import { readingRules, type ReadingRule, units } from '@waymark/contracts';
import { derivedId } from '@waymark/messaging';
import { Aggregates, clockCall, type Doors, Views } from '@waymark/service-kit';
import type { AuditView } from '../../audit-views.js';
import type { Suspicion } from '../domain/reading-alarm.events.js';
import { readingAlarmAggregate } from '../reading-alarm.aggregate.js';
import { READING_LIMITS, type ReadingLimits, readingRuleQueries, type SuspiciousRow } from '../reading-rules.js';

/** So many positions of the log at once. */
const stretch = 20_000n;

/** Looks at every access once, wherever it was recorded, and raises an alarm where a rule finds one. */
export class WatchReadings extends Command<void> {}

/**
 * One instance at a time holds the bookmark, and moves it when all alarms of its stretch are in the log. After a crash the stretch is
 * looked at again: an alarm's id follows from rule, person and occasion, so it is raised once. What the views do not show yet is
 * looked at later, never skipped.
 */
@CommandHandler(WatchReadings)
export class WatchReadingsHandler implements ICommandHandler<WatchReadings> {
  constructor(
    private readonly dataSource: DataSource,
    private readonly views: Views<AuditView>,
    private readonly aggregates: Aggregates,
    @Inject(READING_LIMITS) private readonly limits: ReadingLimits,
  ) {}

  async execute(): Promise<void> {
    while (await this.dataSource.transaction((manager) => this.watchStretch(manager)));
  }

  /** True when it has looked at something. */
  private async watchStretch(manager: EntityManager): Promise<boolean> {
    const [bookmark] = await manager.query<{ position: string }[]>(
      'SELECT position FROM reading_watch FOR UPDATE SKIP LOCKED',
    );
    if (!bookmark) return false;
    const after = BigInt(bookmark.position);
    const shown = this.views.shownBy(['accesses', 'client-index', 'team-periods']);
    const upTo = shown < after + stretch ? shown : after + stretch;
    if (upTo <= after) return false;
    for (const rule of readingRules) await this.raise(rule, await this.found(rule, after, upTo, manager));
    await manager.query('UPDATE reading_watch SET position = $1', [String(upTo)]);
    return true;
  }

  private found(rule: ReadingRule, after: bigint, upTo: bigint, manager: EntityManager): Promise<SuspiciousRow[]> {
    const [query, limit] = readingRuleQueries[rule](this.limits);
    return manager.query(query, [String(after), String(upTo), ...(limit === undefined ? [] : [limit])]);
  }

  private async raise(rule: ReadingRule, rows: readonly SuspiciousRow[]): Promise<void> {
    const raised = new Set<string>();
    for (const row of rows) {
      const alarmId = derivedId('reading-alarm', rule, row.person_id, row.occasion);
      if (raised.has(alarmId)) continue;
      raised.add(alarmId);
      const call = clockCall('audit', derivedId('raise', alarmId));
      const command = { type: 'RaiseReadingAlarm', alarmId, suspicion: suspicionIn(rule, row) } as const;
      await this.aggregates.change(readingAlarmAggregate, alarmId, command, call);
    }
  }
}

function suspicionIn(rule: ReadingRule, row: SuspiciousRow): Suspicion {
  const unit = units.find((each) => each === row.unit);
  return {
    rule,
    personId: row.person_id,
    ...(unit === undefined ? {} : { unit }),
    count: row.count,
    accessPosition: row.position,
    accessedAt: row.recorded_at.toISOString(),
  };
}

export const watchReadings = ({ commands }: Doors): Promise<void> => commands.execute(new WatchReadings());
