import { Controller, Get, Query as QueryParams } from '@nestjs/common';
import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { Access } from '@waymark/access';
import { Checked, Clock, MayNotExist, Pattern, Views } from '@waymark/service-kit';
import type { ReportingView } from '../fact/projections/reporting-views.js';
import { demandPeriod, isDay, lastDayOf, monthEndedBy } from './calendar.js';
import { caseloadCell, caseloadOf } from './caseload-table.js';
import { cellOf, CountCell, hiddenNote } from './cell.js';
import { ProtectedTables } from './protected-tables.js';
import { changesOf } from './select-counts.js';
import { threshold } from './table-plan.js';

export class CaseloadParams {
  @Checked({ rule: 'existingDay', message: 'asOf names a day that does not exist', check: isDay })
  @Pattern(/^\d{4}-\d{2}-\d{2}$/, {
    description: 'A day. Answered is the last end of a month that is not later: days of cases are not known here',
    example: '2026-03-31',
  })
  asOf: string;
}

export class StagesReport {
  @ApiProperty() engagement: CountCell;
  @ApiProperty() assessment: CountCell;
  @ApiProperty() planning: CountCell;
  @ApiProperty() implementation: CountCell;
  @ApiProperty() follow_up: CountCell;
}

export class CaseloadReport {
  @ApiProperty({ example: '2026-03-31', description: 'The last day of the month that the numbers are of' })
  asOf: string;
  @ApiProperty({ example: 5 }) threshold: number;
  @ApiProperty({ description: 'Open at the end of that day' }) open: CountCell;
  @ApiProperty({ description: 'The open ones by stage' }) stages: StagesReport;
  @ApiProperty({ description: 'For the first time, in the month' }) opened: CountCell;
  @ApiProperty({ description: 'In the month' }) reopened: CountCell;
  @ApiProperty({ description: 'In the month' }) closed: CountCell;
  @ApiProperty({ description: 'Position of the log that the numbers were computed at' }) position: string;
  @ApiProperty() note: string;
}

export class GetCaseload extends Query<CaseloadReport> {
  constructor(readonly asOf: string) {
    super();
  }
}

@ApiTags('For analysts')
@Controller('v1/reports')
export class CaseloadEndpoint {
  constructor(private readonly queries: QueryBus) {}

  @Get('caseload')
  @Access('ReadReports')
  @ApiOperation({
    summary: 'Open cases by stage as of a date, and what came and went in the month, small cells not shown',
  })
  @MayNotExist()
  @ApiOkResponse({ type: CaseloadReport })
  read(@QueryParams() { asOf }: CaseloadParams) {
    return this.queries.execute(new GetCaseload(asOf));
  }
}

@QueryHandler(GetCaseload)
export class GetCaseloadHandler implements IQueryHandler<GetCaseload> {
  constructor(
    private readonly dataSource: DataSource,
    private readonly views: Views<ReportingView>,
    private readonly clock: Clock,
    private readonly tables: ProtectedTables,
  ) {}

  async execute({ asOf }: GetCaseload): Promise<CaseloadReport> {
    await this.views.caughtUp(['caseload']);
    const { rows, position } = await changesOf(this.dataSource);
    const { months, plan } = caseloadOf(rows, this.clock.now());
    const month = monthEndedBy(asOf);
    demandPeriod(month, months);
    const shown = await this.tables.shownOf('caseload', plan);
    const cell = (of: string): CountCell => cellOf(caseloadCell(shown, month, of));
    return {
      asOf: lastDayOf(month),
      threshold,
      open: cell('open'),
      stages: {
        engagement: cell('engagement'),
        assessment: cell('assessment'),
        planning: cell('planning'),
        implementation: cell('implementation'),
        follow_up: cell('follow_up'),
      },
      opened: cell('opened'),
      reopened: cell('reopened'),
      closed: cell('closed'),
      position,
      note: hiddenNote,
    };
  }
}
