import { Controller, Get, Headers, Query as QueryParams } from '@nestjs/common';
import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { Access, Caller, type Principal } from '@waymark/access';
import { emergencyPurposes, emergencyReviewOutcomes } from '@waymark/contracts';
import { Code, Id, Pattern, ReadLog, shownPage, StaffId, Views } from '@waymark/service-kit';
import type { CaseView } from '../projections/case-views.js';
import { EmergencyAccessEntry } from '../projections/emergency-accesses/emergency-access-entry.entity.js';
import { VisibleCases } from '../visible-cases.js';

const reviews = ['open', 'overdue', 'closed', 'any'] as const;

export class ListEmergencyAccessesParams {
  @Code(reviews, { optional: true, description: '`open` when left out: those that nobody has reviewed' })
  review?: (typeof reviews)[number];
  @Id({ optional: true }) caseId?: string;
  @StaffId({ optional: true, description: 'Who broke the glass' }) staffId?: string;
  @Pattern(/^([1-9]\d?|100)$/, { optional: true, description: '1 to 100, 50 when left out' }) limit?: string;
  @Pattern(/^\d{1,18}$/, { optional: true, description: '`next` of the page before' }) after?: string;
}

export class EmergencyAccessLine {
  @ApiProperty({ format: 'uuid' }) grantId: string;
  @ApiProperty({ format: 'uuid' }) caseId: string;
  @ApiProperty({ example: 'K7RM-2XQD' }) caseCode: string;
  @ApiProperty() staffId: string;
  @ApiProperty({ enum: emergencyPurposes }) purpose: string;
  @ApiProperty({ format: 'date-time' }) grantedAt: string;
  @ApiProperty({ format: 'date-time' }) endsAt: string;
  @ApiProperty({ format: 'date-time' }) reviewDueAt: string;
  @ApiProperty({ description: 'Nobody has reviewed it in time' }) overdue: boolean;
  @ApiProperty({ required: false, enum: emergencyReviewOutcomes }) outcome?: string;
  @ApiProperty({ required: false }) reviewedBy?: string;
}

export class EmergencyAccesses {
  @ApiProperty({ type: [EmergencyAccessLine], description: 'The latest first' }) items: EmergencyAccessLine[];
  @ApiProperty({ required: false, description: 'Pass as `after` for the next page; absent on the last.' })
  next?: string;
}

export class ListEmergencyAccesses extends Query<EmergencyAccesses> {
  constructor(
    readonly caller: Principal,
    readonly params: ListEmergencyAccessesParams,
    readonly position: string | undefined,
  ) {
    super();
  }
}

@ApiTags('In an emergency')
@Controller('v1/emergency-accesses')
export class ListEmergencyAccessesEndpoint {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @Access('ListEmergencyAccesses')
  @ApiOperation({ summary: 'Who broke the glass of which case, until somebody has reviewed it' })
  @ApiOkResponse({ type: EmergencyAccesses })
  list(
    @Caller() caller: Principal,
    @QueryParams() params: ListEmergencyAccessesParams,
    @Headers('waymark-position') position?: string,
  ) {
    return this.queries.execute(new ListEmergencyAccesses(caller, params, position));
  }
}

@QueryHandler(ListEmergencyAccesses)
export class ListEmergencyAccessesHandler implements IQueryHandler<ListEmergencyAccesses> {
  constructor(
    private readonly dataSource: DataSource,
    private readonly views: Views<CaseView>,
    private readonly cases: VisibleCases,
    private readonly reads: ReadLog,
  ) {}

  async execute({ caller, params, position }: ListEmergencyAccesses): Promise<EmergencyAccesses> {
    await this.views.caughtUp(['emergency-accesses', 'cases'], position);
    const { items, ...rest } = await shownPage({
      limit: Number(params.limit ?? 50),
      after: params.after,
      page: (after, limit) => this.page(params, after, limit),
      show: async (entry) => {
        const found = await this.cases.findIfAllowed(caller, 'ReadEmergencyAccess', entry.caseId);
        return found && { line: lineOf(entry, found.current.caseCode), ground: found.ground };
      },
      cursorOf: (entry) => entry.position,
    });
    const lines = items.map(({ line, ground }) => ({ stream: `case-${line.caseId}`, ground }));
    await this.reads.listed({ principal: caller, what: 'ListEmergencyAccesses', lines });
    return { items: items.map(({ line }) => line), ...rest };
  }

  private page(
    { review = 'open', caseId, staffId }: ListEmergencyAccessesParams,
    after: string | undefined,
    limit: number,
  ): Promise<EmergencyAccessEntry[]> {
    const query = this.dataSource
      .getRepository(EmergencyAccessEntry)
      .createQueryBuilder('e')
      .orderBy('e.position', 'DESC')
      .limit(limit);
    if (review === 'closed') query.andWhere('e.outcome IS NOT NULL');
    else if (review !== 'any') query.andWhere('e.outcome IS NULL');
    if (review === 'overdue') query.andWhere('e.overdue');
    if (caseId) query.andWhere('e.case_id = :caseId', { caseId });
    if (staffId) query.andWhere('e.staff_id = :staffId', { staffId });
    if (after) query.andWhere('e.position < :after::bigint', { after });
    return query.getMany();
  }
}

const lineOf = (entry: EmergencyAccessEntry, caseCode: string): EmergencyAccessLine => {
  const { grantId, caseId, staffId, purpose, grantedAt, endsAt, reviewDueAt, overdue } = entry;
  return {
    ...{ grantId, caseId, caseCode, staffId, purpose, overdue },
    grantedAt: grantedAt.toISOString(),
    endsAt: endsAt.toISOString(),
    reviewDueAt: reviewDueAt.toISOString(),
    ...(entry.outcome === null ? {} : { outcome: entry.outcome }),
    ...(entry.reviewedBy === null ? {} : { reviewedBy: entry.reviewedBy }),
  };
};
