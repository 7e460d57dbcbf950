import { Controller, Get, Query as QueryParams } from '@nestjs/common';
import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiProperty, ApiTags, getSchemaPath } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { Access } from '@waymark/access';
import { referralResults, units } from '@waymark/contracts';
import { Clock, MayNotExist, Pattern, Views } from '@waymark/service-kit';
import type { ReportingView } from '../fact/projections/reporting-views.js';
import { demandPeriod, periodForm, yearOf } from './calendar.js';
import { cellOf, CountCell, hiddenNote } from './cell.js';
import { crossCell, crossTables } from './cross-tables.js';
import { ProtectedTables } from './protected-tables.js';
import { resultsOf } from './select-counts.js';
import { threshold } from './table-plan.js';

export class ReferralsParams {
  @Pattern(periodForm, { description: 'A month, quarter or year that is over', example: '2026-Q1' }) period: string;
}

@ApiExtraModels(CountCell)
export class ReferralsRow {
  @ApiProperty({ enum: ['all', ...units] }) unit: string;
  @ApiProperty({ description: 'Sent in the period' }) referrals: CountCell;
  @ApiProperty({
    type: 'object',
    additionalProperties: { $ref: getSchemaPath(CountCell) },
    description: `What became of them, as far as it is known now, late and corrected outcomes included: ${referralResults.join(', ')}`,
  })
  results: Record<string, CountCell>;
}

export class ReferralsReport {
  @ApiProperty({ example: '2026-Q1' }) period: string;
  @ApiProperty({ example: 5 }) threshold: number;
  @ApiProperty({ type: [ReferralsRow] }) rows: ReferralsRow[];
  @ApiProperty({ description: 'Position of the log that the numbers were computed at' }) position: string;
  @ApiProperty() note: string;
}

export class GetReferrals extends Query<ReferralsReport> {
  constructor(readonly period: string) {
    super();
  }
}

@ApiTags('For analysts')
@Controller('v1/reports')
export class ReferralsEndpoint {
  constructor(private readonly queries: QueryBus) {}

  @Get('referrals')
  @Access('ReadReports')
  @ApiOperation({ summary: 'Referrals sent in a period, by unit and what became of them, small cells not shown' })
  @MayNotExist()
  @ApiOkResponse({ type: ReferralsReport })
  read(@QueryParams() { period }: ReferralsParams) {
    return this.queries.execute(new GetReferrals(period));
  }
}

@QueryHandler(GetReferrals)
export class GetReferralsHandler implements IQueryHandler<GetReferrals> {
  constructor(
    private readonly dataSource: DataSource,
    private readonly views: Views<ReportingView>,
    private readonly clock: Clock,
    private readonly tables: ProtectedTables,
  ) {}

  async execute({ period }: GetReferrals): Promise<ReferralsReport> {
    await this.views.caughtUp(['referral-results']);
    const year = yearOf(period);
    const { rows: counted, position } = await resultsOf(this.dataSource, year);
    const { periods, rows, plan } = crossTables({ columns: referralResults }, year, counted, this.clock.now());
    demandPeriod(period, periods);
    const shown = await this.tables.shownOf(`referrals ${year}`, plan);
    const cell = (of: string): CountCell => cellOf(crossCell(shown, period, of));
    const results = referralResults.filter((result) => rows.some((unit) => cell(`${unit}/${result}`).shown));
    const found = rows.map((unit) => ({
      unit,
      referrals: cell(unit),
      results: Object.fromEntries(results.map((result) => [result, cell(`${unit}/${result}`)])),
    }));
    return { period, threshold, rows: found.filter(hasSomething), position, note: hiddenNote };
  }
}

const hasSomething = ({ referrals, results }: ReferralsRow): boolean =>
  referrals.shown || Object.values(results).some(({ shown }) => shown);
