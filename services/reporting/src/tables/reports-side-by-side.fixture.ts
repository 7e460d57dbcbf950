import highs from 'highs';

/** A contact as an attacker thinks of it: where it counts, and by which report it was there. */
export interface Contact {
  readonly month: string;
  readonly place: string;
  readonly measures: readonly string[];
  readonly arrives: number;
}

/** A cell that stayed hidden, as the sum of what is in months and places. */
export interface Sought {
  readonly measure: string;
  readonly months: readonly string[];
  readonly places: readonly string[];
}

/** A cell that was shown, in which contacts that arrive later than the first report of their month are subtracted. */
export interface Seen extends Sought {
  readonly count: number;
}

export interface Row {
  readonly unknowns: ReadonlyMap<number, number>;
  readonly least: number;
  readonly greatest: number;
}

/**
 * Everything that whoever has kept all reports can conclude by linear programming about counts of the first report of
 * each month, who even knows each contact that came later. Answers those that can have one value only, or none from five on.
 */
export async function concluded(seen: readonly Seen[], sought: readonly Sought[]): Promise<readonly Sought[]> {
  const numbers = new Map<string, number>();
  const numberOf = (measure: string, month: string, place: string): number => {
    const name = [measure, month, place].join(' ');
    const number = numbers.get(name) ?? numbers.size;
    numbers.set(name, number);
    return number;
  };
  const sumOf = ({ measure, months, places }: Sought): ReadonlyMap<number, number> =>
    new Map(months.flatMap((month) => places.map((place) => [numberOf(measure, month, place), 1] as const)));
  const rows: Row[] = seen.map((cell) => ({ unknowns: sumOf(cell), least: cell.count, greatest: cell.count }));
  const targets = sought.map(sumOf);
  for (const name of [...numbers.keys()]) {
    const [measure = '', month = '', place = ''] = name.split(' ');
    if (measure === 'contacts') rows.push(...codesCover(seen, sought, (code) => numberOf(code, month, place)));
  }
  const ask = await program(numbers.size, rows);
  return sought.filter((_cell, index) => {
    const target = targets[index] ?? new Map();
    const [least, greatest] = [ask(target, 1), -ask(target, -1)];
    return Math.floor(greatest + 1e-6) < 5 || Math.ceil(least - 1e-6) >= Math.floor(greatest + 1e-6);
  });
}

/** No code has more contacts than there are, and each contact has a code of each typology. */
function codesCover(seen: readonly Sought[], sought: readonly Sought[], at: (measure: string) => number): Row[] {
  const measures = [...new Set([...seen, ...sought].map(({ measure }) => measure))];
  return ['matter/', 'behaviour/'].flatMap((typology) => {
    const codes = measures.filter((measure) => measure.startsWith(typology));
    const whole = at('contacts');
    return [
      ...codes.map((code): Row => ({
        unknowns: new Map([
          [at(code), 1],
          [whole, -1],
        ]),
        least: -Infinity,
        greatest: 0,
      })),
      {
        unknowns: new Map([[whole, 1], ...codes.map((code) => [at(code), -1] as const)]),
        least: -Infinity,
        greatest: 0,
      },
    ];
  });
}

/** Least value of a sum of unknowns times a factor. */
export async function program(size: number, rows: readonly Row[]) {
  const load: unknown = highs;
  if (!isLoader(load)) throw new TypeError('no loader');
  const solver = await load();
  const starts = [0];
  const [indices, values]: [number[], number[]] = [[], []];
  for (const { unknowns } of rows) {
    indices.push(...unknowns.keys());
    values.push(...unknowns.values());
    starts.push(indices.length);
  }
  const shape = { numCols: size, numRows: rows.length };
  const columns = Array.from({ length: size }, (_, index) => index);
  const model = solver.createModel({
    ...shape,
    colCost: columns.map(() => 0),
    colLower: columns.map(() => 0),
    colUpper: columns.map(() => 1e6),
    rowLower: rows.map(({ least }) => least),
    rowUpper: rows.map(({ greatest }) => greatest),
    matrix: { format: 'csr', ...shape, starts, indices, values },
  });
  model.options.set({ output_flag: false });
  return (sum: ReadonlyMap<number, number>, factor: 1 | -1): number => {
    model.changeColsCost(
      { kind: 'range', from: 0, to: size - 1 },
      columns.map((each) => factor * (sum.get(each) ?? 0)),
    );
    model.run();
    if (model.getModelStatus() !== solver.constants.modelStatus.optimal)
      throw new Error('the reports contradict themselves');
    const found = model.getSolution().colValue;
    return [...sum.keys()].reduce((total, each) => total + factor * (found[each] ?? 0), 0);
  };
}

const isLoader = (loader: unknown): loader is typeof highs.default => typeof loader === 'function';
