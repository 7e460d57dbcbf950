import { ApiProperty } from '@nestjs/swagger';
import { countryOfPlace, dutyStationPattern, dutyStations } from '@waymark/contracts';
import { Checked, Flag, Pattern } from '@waymark/service-kit';
import type { Place } from '../domain/account.js';

const inList = Checked({
  rule: 'dutyStation',
  message: '$property must be the code of a duty station; GET /v1/duty-stations lists them',
  check: (code) => dutyStations().has(code),
});

const inCountry = Checked<PlaceBody>({
  rule: 'inCountry',
  message: '$property must lie in the country that is named, or in that of the duty station',
  check: (code, place) => countryOfPlace(code) === PlaceBody.countryOf(place),
});

export class PlaceBody {
  @Pattern(/^[A-Z]{2}$/, { optional: true, description: 'ISO 3166-1 alpha-2', example: 'KE' }) country?: string;
  @Pattern(/^[A-Z]{2}-[A-Z0-9]{1,3}$/, {
    optional: true,
    description: 'ISO 3166-2; lies in `country`, if that is given, or in that of the duty station',
    example: 'KE-30',
  })
  @inCountry
  subdivision?: string;
  @Pattern(dutyStationPattern, {
    optional: true,
    description:
      'Code of a duty station of the United Nations system, listed by `GET /v1/duty-stations`; lies in `country`, if that is given',
    example: 'KE-NA100',
  })
  @inList
  @inCountry
  dutyStation?: string;
  @Flag({ optional: true }) online?: boolean;

  /** A duty station and a subdivision tell the country as well. */
  static countryOf({ country, dutyStation, subdivision }: PlaceBody): string | undefined {
    // Asked of bodies that break other rules as well.
    const code = [dutyStation, subdivision].find((each) => typeof each === 'string');
    return country ?? (code === undefined ? undefined : countryOfPlace(code));
  }

  static toPlace(body: PlaceBody): Place {
    const { country: _asGiven, dutyStation, ...rest } = body;
    const country = PlaceBody.countryOf(body);
    return {
      ...(country === undefined ? {} : { country }),
      ...(dutyStation === undefined ? {} : { dutyStation }),
      ...rest,
    };
  }
}

/** A place with the name of its duty station, as people see it. */
export class PlaceView extends PlaceBody {
  @ApiProperty({ required: false, description: 'Name of the duty station', example: 'Nairobi' })
  dutyStationName?: string;

  static of(place: Place): PlaceView {
    return { ...place, ...nameOfDutyStation(place.dutyStation) };
  }
}

export function nameOfDutyStation(code: string | null | undefined): { readonly dutyStationName?: string } {
  const name = dutyStations().get(code ?? '')?.name;
  return name === undefined ? {} : { dutyStationName: name };
}
