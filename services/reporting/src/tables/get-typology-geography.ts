import { Controller, Get, Query as QueryParams } from '@nestjs/common';
import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags, getSchemaPath, ApiExtraModels } from '@nestjs/swagger';
import { Access } from '@waymark/access';
import { Code, MayNotExist, Pattern, Refuses } from '@waymark/service-kit';
import { periodForm } from './calendar.js';
import { cellKey, threshold } from './table-plan.js';
import { YearFamilies } from './year-families.js';
import type { YearFamily } from './year-family.js';

export class TypologyGeographyParams {
  @Pattern(periodForm, { description: 'A month, quarter or year that is over', example: '2021-Q1' }) period: string;
  @Code(['matter', 'behaviour']) typology: 'matter' | 'behaviour';
}

export class Cell {
  @ApiProperty({ description: 'False: under the threshold, or it would let one be computed that is.' }) shown: boolean;
  @ApiProperty({ required: false, type: 'integer', minimum: 5 }) contacts?: number;
}

@ApiExtraModels(Cell)
export class TableRow {
  @ApiProperty({
    description: '`all`, a country, a subdivision, `not_stated`, or `AR/not_stated` within a country',
    example: 'AR-B',
  })
  place: string;
  @ApiProperty({ enum: ['all', 'country', 'subdivision'] }) level: string;
  @ApiProperty({ description: 'Contacts, each once; a contact can have several codes.' }) total: Cell;
  @ApiProperty({
    type: 'object',
    additionalProperties: { $ref: getSchemaPath(Cell) },
    description: 'Contacts by code.',
  })
  codes: Record<string, Cell>;
}

export class TypologyGeography {
  @ApiProperty({ example: '2021-Q1' }) period: string;
  @ApiProperty({ enum: ['matter', 'behaviour'] }) typology: string;
  @ApiProperty({ example: 5 }) threshold: number;
  @ApiProperty({ type: [TableRow] }) rows: TableRow[];
  @ApiProperty({ description: 'Position of the log that the numbers were computed at' }) position: string;
  @ApiProperty() note: string;
}

const note =
  'Counts under the threshold are not shown, nor are those that would let one be computed. Places and codes with nothing to show are left out.';

export class GetTypologyGeography extends Query<TypologyGeography> {
  constructor(readonly params: TypologyGeographyParams) {
    super();
  }
}

@ApiTags('For analysts')
@Controller('v1/reports')
export class TypologyGeographyEndpoint {
  constructor(private readonly queries: QueryBus) {}

  @Get('typology-geography')
  @Access('ReadReports')
  @ApiOperation({ summary: 'Contacts by what happened and where, small cells not shown' })
  @MayNotExist()
  @ApiOkResponse({ type: TypologyGeography })
  @Refuses(404, 'There is no table for that period.')
  read(@QueryParams() params: TypologyGeographyParams) {
    return this.queries.execute(new GetTypologyGeography(params));
  }
}

@QueryHandler(GetTypologyGeography)
export class GetTypologyGeographyHandler implements IQueryHandler<GetTypologyGeography> {
  constructor(private readonly families: YearFamilies) {}

  async execute({ params: { period, typology } }: GetTypologyGeography): Promise<TypologyGeography> {
    const { family, position } = await this.families.of(period);
    return { period, typology, threshold, rows: rowsOf(family, period, typology), position, note };
  }
}

function rowsOf({ places, measures, shown }: YearFamily, period: string, typology: string): TableRow[] {
  const cell = (measure: string, place: string): Cell => {
    const contacts = shown.get(cellKey(measure, period, place));
    return contacts === undefined ? { shown: false } : { shown: true, contacts };
  };
  const ofTypology = measures.filter((measure) => measure.startsWith(`${typology}/`));
  const withSomething = ofTypology.filter((measure) => places.some(({ key }) => cell(measure, key).shown));
  return places
    .map(({ key, level }) => ({
      place: key,
      level,
      total: cell('contacts', key),
      codes: Object.fromEntries(
        withSomething.map((measure) => [measure.slice(typology.length + 1), cell(measure, key)]),
      ),
    }))
    .filter((row) => row.total.shown || Object.values(row.codes).some(({ shown }) => shown));
}
