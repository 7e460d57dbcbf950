import { Controller, Get, Query as QueryParams } from '@nestjs/common';
import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { Access } from '@waymark/access';
import { channels, responseBands } from '@waymark/contracts';
import { Clock, MayNotExist, Pattern, Views } from '@waymark/service-kit';
import type { ReportingView } from '../fact/projections/reporting-views.js';
import { demandPeriod, periodForm, yearOf } from './calendar.js';
import { cellOf, CountCell, hiddenNote } from './cell.js';
import { crossCell, crossTables } from './cross-tables.js';
import {
  type Answer,
  answerColumns,
  answerOfBand,
  crossRowOf,
  medianBand,
  shareWithin24Hours,
} from './first-response-table.js';
import { ProtectedTables } from './protected-tables.js';
import { answersOf } from './select-counts.js';
import { type ShownCells, threshold } from './table-plan.js';

export class FirstResponseParams {
  @Pattern(periodForm, { description: 'A month, quarter or year that is over', example: '2021-Q1' }) period: string;
}

export class FirstResponseBands {
  @ApiProperty() within_1_hour: CountCell;
  @ApiProperty() within_4_hours: CountCell;
  @ApiProperty() within_24_hours: CountCell;
  @ApiProperty() within_72_hours: CountCell;
  @ApiProperty() after_72_hours: CountCell;
}

export class FirstResponseRow {
  @ApiProperty({ enum: ['all', ...channels] }) channel: string;
  @ApiProperty({ description: 'Contacts of the period, whenever they were entered' }) contacts: CountCell;
  @ApiProperty() within24Hours: CountCell;
  @ApiProperty() late: CountCell;
  @ApiProperty({ description: 'So far' }) unanswered: CountCell;
  @ApiProperty({ description: 'Contact or response not known to the minute: no part of the share' })
  imprecise: CountCell;
  @ApiProperty({
    required: false,
    type: 'number',
    minimum: 0,
    maximum: 1,
    description: 'Within 24 hours, among all but the imprecise; absent where shown counts do not tell it',
  })
  shareWithin24Hours?: number;
  @ApiProperty({
    required: false,
    description: 'How long it took, each from the end of the one before; for `all` only',
  })
  bands?: FirstResponseBands;
  @ApiProperty({ required: false, enum: responseBands, description: 'Absent where shown counts do not tell it' })
  medianBand?: string;
}

export class FirstResponse {
  @ApiProperty({ example: '2021-Q1' }) period: string;
  @ApiProperty({ example: 5 }) threshold: number;
  @ApiProperty({ type: [FirstResponseRow] }) rows: FirstResponseRow[];
  @ApiProperty({ description: 'Position of the log that the numbers were computed at' }) position: string;
  @ApiProperty() note: string;
}

export class GetFirstResponse extends Query<FirstResponse> {
  constructor(readonly period: string) {
    super();
  }
}

@ApiTags('For analysts')
@Controller('v1/reports')
export class FirstResponseEndpoint {
  constructor(private readonly queries: QueryBus) {}

  @Get('first-response')
  @Access('ReadReports')
  @ApiOperation({ summary: 'How contacts of a period were answered, by channel, small cells not shown' })
  @MayNotExist()
  @ApiOkResponse({ type: FirstResponse })
  read(@QueryParams() { period }: FirstResponseParams) {
    return this.queries.execute(new GetFirstResponse(period));
  }
}

@QueryHandler(GetFirstResponse)
export class GetFirstResponseHandler implements IQueryHandler<GetFirstResponse> {
  constructor(
    private readonly dataSource: DataSource,
    private readonly views: Views<ReportingView>,
    private readonly clock: Clock,
    private readonly tables: ProtectedTables,
  ) {}

  async execute({ period }: GetFirstResponse): Promise<FirstResponse> {
    await this.views.caughtUp(['first-responses']);
    const year = yearOf(period);
    const { rows: counted, position } = await answersOf(this.dataSource, year);
    const { periods, rows, plan } = crossTables(answerColumns, year, counted.map(crossRowOf), this.clock.now());
    demandPeriod(period, periods);
    const shown = await this.tables.shownOf(`first-response ${year}`, plan);
    const found = rows.map((channel) => rowOf(shown, period, channel));
    return { period, threshold, rows: found.filter(hasSomething), position, note: hiddenNote };
  }
}

function rowOf(shown: ShownCells, period: string, channel: string): FirstResponseRow {
  const count = (answer: Answer | 'contacts'): number | undefined =>
    crossCell(shown, period, answer === 'contacts' ? channel : `${channel}/${answer}`);
  const share = shareWithin24Hours(count);
  return {
    channel,
    contacts: cellOf(count('contacts')),
    within24Hours: cellOf(count('within_24_hours')),
    late: cellOf(count('late')),
    unanswered: cellOf(count('unanswered')),
    imprecise: cellOf(count('imprecise')),
    ...(share === undefined ? {} : { shareWithin24Hours: share }),
    ...(channel === 'all' ? inBands(shown, period) : {}),
  };
}

function inBands(shown: ShownCells, period: string): Pick<FirstResponseRow, 'bands' | 'medianBand'> {
  const count = (cell: string): number | undefined => crossCell(shown, period, `all/${cell}`);
  const bands = Object.fromEntries(responseBands.map((band) => [band, count(`${answerOfBand(band)}/${band}`)]));
  const [within, late] = [count('within_24_hours'), count('late')];
  const answered = within === undefined || late === undefined ? undefined : within + late;
  const median = medianBand(answered, (band) => bands[band]);
  return {
    bands: {
      within_1_hour: cellOf(bands['within_1_hour']),
      within_4_hours: cellOf(bands['within_4_hours']),
      within_24_hours: cellOf(bands['within_24_hours']),
      within_72_hours: cellOf(bands['within_72_hours']),
      after_72_hours: cellOf(bands['after_72_hours']),
    },
    ...(median === undefined ? {} : { medianBand: median }),
  };
}

const hasSomething = ({ contacts, within24Hours, late, unanswered, imprecise }: FirstResponseRow): boolean =>
  [contacts, within24Hours, late, unanswered, imprecise].some(({ shown }) => shown);
