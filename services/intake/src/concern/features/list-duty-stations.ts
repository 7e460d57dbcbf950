import { Controller, Get, Header, Query as QueryParams } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Access } from '@waymark/access';
import { type DutyStation, dutyStationPattern, dutyStations } from '@waymark/contracts';
import { Pattern, Problem, Text } from '@waymark/service-kit';

export class ListDutyStationsParams {
  @Pattern(/^[A-Z]{2}$/, { optional: true, description: 'ISO 3166-1 alpha-2', example: 'KE' }) country?: string;
  @Text({ optional: true, max: 60, description: 'Part of the name; capitals and accents do not matter' })
  name?: string;
  @Pattern(/^([1-9]\d?|100)$/, { optional: true, description: '1 to 100, 50 when left out' }) limit?: string;
  @Pattern(dutyStationPattern, { optional: true, description: '`next` of the page before', example: 'KE-NA100' })
  after?: string;
}

export class DutyStationView {
  @ApiProperty({ description: 'What bodies take', example: 'KE-NA100' }) code: string;
  @ApiProperty({ example: 'Nairobi' }) name: string;
  @ApiProperty({ description: 'ISO 3166-1 alpha-2', example: 'KE' }) country: string;
}

export class DutyStations {
  @ApiProperty({ type: [DutyStationView] }) items: DutyStationView[];
  @ApiProperty({ required: false, description: 'Pass as `after` for the next page; absent on the last.' })
  next?: string;
}

@ApiTags('For people who raise a concern')
@Controller('v1/duty-stations')
export class ListDutyStationsEndpoint {
  @Get()
  @Header('cache-control', 'public, max-age=3600')
  @Access('ListDutyStations')
  @ApiOperation({ summary: 'Duty stations of the United Nations system, in order of country and name' })
  @ApiOkResponse({ type: DutyStations })
  list(@QueryParams() { country, name, limit, after }: ListDutyStationsParams): DutyStations {
    const wanted = name === undefined ? '' : plain(name);
    const fits = (station: DutyStation): boolean =>
      (country === undefined || station.country === country) && plain(station.name).includes(wanted);
    const found = [...behind(after)].filter(fits);
    const items = found.slice(0, Number(limit ?? 50));
    const last = items.at(-1);
    return { items, ...(last && found.length > items.length ? { next: last.code } : {}) };
  }
}

function behind(after: string | undefined): readonly DutyStation[] {
  const all = [...dutyStations().values()];
  if (after === undefined) return all;
  const index = all.findIndex(({ code }) => code === after);
  if (index >= 0) return all.slice(index + 1);
  throw new Problem(422, 'invalid_input', 'Pass `next` of the page before, unchanged.', [
    { field: 'after', rule: 'cursor', message: 'not a cursor' },
  ]);
}

/** Without capitals and accents. */
const plain = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase();
