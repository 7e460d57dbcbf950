import { Controller, Get, Headers, Query as QueryParams } from '@nestjs/common';
import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { DataSource, In } from 'typeorm';
import { Access, Caller, type Principal } from '@waymark/access';
import { readingFindings, readingRules } from '@waymark/contracts';
import { Code, Pattern, shownPage, StaffId, Views } from '@waymark/service-kit';
import type { AuditView } from '../../audit-views.js';
import { AccessEntry } from '../../accesses/access-entry.entity.js';
import { HistoryReaders } from '../../history/history-readers.js';
import { ReadingAlarmEntry } from '../projections/reading-alarms/reading-alarm-entry.entity.js';

export class ListReadingAlarmsParams {
  @Code(['open', 'reviewed'], { optional: true }) status?: 'open' | 'reviewed';
  @StaffId({ optional: true, description: 'Who has read' }) person?: string;
  @Pattern(/^\d{1,18}$/, { optional: true, description: '`next` of the page before' }) after?: string;
  @Pattern(/^([1-9]\d?|100)$/, { optional: true, description: '1 to 100, 50 when left out' }) limit?: string;
}

export class ReadingAlarmLine {
  @ApiProperty({ format: 'uuid' }) alarmId: string;
  @ApiProperty({ enum: readingRules }) rule: string;
  @ApiProperty({ description: 'Who has read' }) personId: string;
  @ApiProperty({ required: false }) unit?: string;
  @ApiProperty({ type: 'integer', description: 'Clients, refusals or readings, as the rule counts' }) count: number;
  @ApiProperty({ description: 'The access in the log that made it one too many', example: '1042' })
  accessPosition: string;
  @ApiProperty({ format: 'date-time' }) accessedAt: string;
  @ApiProperty({ required: false, enum: readingFindings, description: 'Absent until it is reviewed' }) finding?: string;
  @ApiProperty({ required: false }) reviewerId?: string;
  @ApiProperty({ required: false, format: 'date-time' }) reviewedAt?: string;
}

export class ReadingAlarms {
  @ApiProperty({ type: [ReadingAlarmLine], description: 'In the order in which they were raised' })
  items: ReadingAlarmLine[];
  @ApiProperty({ required: false, description: 'Pass as `after` for the next page; absent on the last.' })
  next?: string;
}

export class ListReadingAlarms extends Query<ReadingAlarms> {
  constructor(
    readonly caller: Principal,
    readonly params: ListReadingAlarmsParams,
    readonly position: string | undefined,
  ) {
    super();
  }
}

@ApiTags('For auditors')
@Controller('v1/reading-alarms')
export class ListReadingAlarmsEndpoint {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @Access('ListReadingAlarms')
  @ApiOperation({
    summary: 'Odd reading of client data that somebody has to look at, and what was found',
    description: 'Reading of what you are shut out of is for another auditor, and not shown.',
  })
  @ApiOkResponse({ type: ReadingAlarms })
  list(
    @Caller() caller: Principal,
    @QueryParams() params: ListReadingAlarmsParams,
    @Headers('waymark-position') position?: string,
  ) {
    return this.queries.execute(new ListReadingAlarms(caller, params, position));
  }
}

@QueryHandler(ListReadingAlarms)
export class ListReadingAlarmsHandler implements IQueryHandler<ListReadingAlarms> {
  constructor(
    private readonly dataSource: DataSource,
    private readonly views: Views<AuditView>,
    private readonly readers: HistoryReaders,
  ) {}

  async execute({ caller, params, position }: ListReadingAlarms): Promise<ReadingAlarms> {
    await this.views.caughtUp(['reading-alarms', 'accesses', 'client-index', 'shut-outs'], position);
    return shownPage({
      limit: Number(params.limit ?? 50),
      after: params.after,
      page: async (after, limit) => {
        const entries = await this.page(params, after, limit);
        const hidden = await this.hiddenAmong(caller, entries);
        return entries.map((entry) => ({ entry, isHidden: hidden.has(entry.accessPosition) }));
      },
      show: ({ entry, isHidden }) => (isHidden ? undefined : lineOf(entry)),
      cursorOf: ({ entry }) => entry.position,
    });
  }

  private page({ status, person }: ListReadingAlarmsParams, after: string | undefined, limit: number) {
    const query = this.dataSource
      .getRepository(ReadingAlarmEntry)
      .createQueryBuilder('a')
      .where('a.position > :after::bigint', { after: after ?? '0' })
      .orderBy('a.position')
      .limit(limit);
    if (status) query.andWhere(`a.finding IS ${status === 'open' ? '' : 'NOT'} NULL`);
    if (person) query.andWhere('a.person_id = :person', { person });
    return query.getMany();
  }

  /** Where the accesses stand that raised an alarm and that the caller may not know of. */
  private async hiddenAmong(caller: Principal, alarms: readonly ReadingAlarmEntry[]): Promise<ReadonlySet<string>> {
    const position = In(alarms.map(({ accessPosition }) => accessPosition));
    const accesses = await this.dataSource.getRepository(AccessEntry).findBy({ position });
    const known = await this.readers.knownAmong(caller, accesses);
    return new Set(accesses.map((access) => access.position).filter((at) => !known.has(at)));
  }
}

function lineOf(entry: ReadingAlarmEntry): ReadingAlarmLine {
  const { position: _position, unit, accessedAt, finding, reviewerId, reviewedAt, ...plain } = entry;
  return {
    ...plain,
    accessedAt: accessedAt.toISOString(),
    ...(unit === null ? {} : { unit }),
    ...(finding === null ? {} : { finding }),
    ...(reviewerId === null ? {} : { reviewerId }),
    ...(reviewedAt === null ? {} : { reviewedAt: reviewedAt.toISOString() }),
  };
}
