import { readFileSync } from 'node:fs';

/** A place where the United Nations system has or had staff. */
export interface DutyStation {
  /** Country and city code, such as `KE-NA100`. */
  readonly code: string;
  readonly name: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
}

/** The form of a duty station's code; not every code of the form is in the list. */
export const dutyStationPattern = /^[A-Z]{2}-[A-Za-z0-9]{5}$/;

/** Country of the code of a duty station, or of a subdivision. */
export const countryOfPlace = (code: string): string => code.slice(0, 2);

let known: ReadonlyMap<string, DutyStation> | undefined;

/** The list of duty stations by code, in order of country and name (source: data/README.md). Read once. */
export const dutyStations = (): ReadonlyMap<string, DutyStation> => (known ??= read());

function read(): ReadonlyMap<string, DutyStation> {
  const [, ...lines] = readFileSync(new URL('data/duty-stations.csv', import.meta.url), 'utf8')
    .trim()
    .split('\n');
  return new Map(
    lines.map((line) => {
      const [code = '', name = ''] = line.split(',');
      return [code, { code, name, country: countryOfPlace(code) }];
    }),
  );
}
