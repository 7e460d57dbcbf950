import type { Highs, IndexSelection, Model, VariableType } from 'highs';
import { isPossible, meets, type Alternative, type Demand } from './alternative.js';
import { boundsFor, columnsPerCell, openBounds, type Bounds, type Room } from './columns.js';
import type { Constraint } from './constraints.js';
import type { Family } from './family.js';

export interface FinderOptions {
  readonly highs: Highs;
  readonly family: Family;
  /** The cells that may differ; all others keep their true value. */
  readonly cells: readonly number[];
  readonly constraints: readonly Constraint[];
  /** Price of a difference of one in this cell; 0 for what is not shown anyway. */
  readonly price: (cell: number) => number;
}

/** Small beside every price, so that a wish never costs a shown cell. */
const wishWorth = 1e-3;
const goldenRatio = 0.618;
/** Any numbers that spread their multiples well; how many of them are tried. */
const spreads = [goldenRatio, 0.741, 0.865, 0.988];

/**
 * Looks for alternatives by linear programming. The solver only proposes: what it finds is rounded and checked in
 * whole numbers, and where its answer is not whole, it is asked again with whole columns.
 */
export class AlternativeFinder {
  readonly #options: FinderOptions;
  readonly #constraints: readonly Constraint[];
  readonly #positions: ReadonlyMap<number, number>;
  readonly #rooms: readonly Room[];
  readonly #prices: number[];
  readonly #frozen = new Set<number>();
  readonly #model: Model;
  readonly #allColumns: IndexSelection;

  constructor(options: FinderOptions) {
    this.#options = options;
    this.#positions = new Map(options.cells.map((cell, position) => [cell, position]));
    this.#constraints = options.constraints.filter(({ cells }) => cells.some((cell) => this.#positions.has(cell)));
    this.#rooms = this.#measureRooms();
    this.#prices = options.cells.map(options.price);
    this.#allColumns = { kind: 'range', from: 0, to: options.cells.length * columnsPerCell - 1 };
    this.#model = this.#load();
  }

  mayDiffer(cell: number): boolean {
    return this.#positions.has(cell);
  }

  /** The cheapest alternative that meets the demand and, on the way, as many of the wishes as it can. */
  find(demand: Demand, wishes: readonly Demand[]): Alternative | undefined {
    if (!this.mayDiffer(demand.cell)) return undefined;
    for (const bounds of boundsFor(this.#options.family, demand, this.#room(demand.cell))) {
      this.#setBounds(demand.cell, bounds);
      const alternative = this.#solve(demand, wishes);
      this.#setBounds(demand.cell, openBounds(this.#options.family, demand.cell, this.#room(demand.cell)));
      if (alternative) return alternative;
    }
    return undefined;
  }

  /** From now on a difference in this cell costs nothing. */
  free(cell: number): void {
    this.#prices[this.#position(cell)] = 0;
  }

  /** Until thawed, this cell keeps its true value. */
  freeze(cell: number): void {
    this.#frozen.add(cell);
    this.#setBounds(cell, { lower: [0, 0, 0], upper: [0, 0, 0] });
  }

  thaw(cell: number): void {
    this.#frozen.delete(cell);
    this.#setBounds(cell, openBounds(this.#options.family, cell, this.#room(cell)));
  }

  dispose(): void {
    this.#model.dispose();
  }

  /** What is said about one cell alone is a bound; as a row it would only slow the solver down. */
  #measureRooms(): readonly Room[] {
    const rooms = this.#options.cells.map((cell) => ({ up: Infinity, down: this.#options.family.values[cell] ?? 0 }));
    for (const { cells, signs, lower, upper } of this.#constraints) {
      const [first, ...others] = cells.flatMap((cell, i) =>
        this.mayDiffer(cell) ? [{ cell, sign: signs[i] ?? 0 }] : [],
      );
      const room = first && rooms[this.#position(first.cell)];
      if (!room || others.length > 0) continue;
      room.up = Math.min(room.up, first.sign > 0 ? upper : -lower);
      room.down = Math.min(room.down, first.sign > 0 ? -lower : upper);
    }
    return rooms;
  }

  #load(): Model {
    const { highs, cells, family } = this.#options;
    const rows = this.#constraints.filter((each) => each.cells.filter((cell) => this.mayDiffer(cell)).length > 1);
    const starts = [0];
    const indices: number[] = [];
    const values: number[] = [];
    for (const { cells: involved, signs } of rows) {
      involved.forEach((cell, i) => {
        const position = this.#positions.get(cell);
        if (position === undefined) return;
        const [first, sign] = [position * columnsPerCell, signs[i] ?? 0];
        indices.push(first, first + 1, first + 2);
        values.push(sign, sign, -sign);
      });
      starts.push(indices.length);
    }
    const bounds = cells.map((cell) => openBounds(family, cell, this.#room(cell)));
    const numCols = cells.length * columnsPerCell;
    const numRows = rows.length;
    const model = highs.createModel({
      numCols,
      numRows,
      colCost: this.#prices.flatMap((price) => [price, price, price]),
      colLower: bounds.flatMap(({ lower }) => lower),
      colUpper: bounds.flatMap(({ upper }) => upper),
      rowLower: rows.map(({ lower }) => lower),
      rowUpper: rows.map(({ upper }) => upper),
      matrix: { format: 'csr', numRows, numCols, starts, indices, values },
    });
    // A fixed number of nodes rather than of seconds: the same input must give the same pattern on a busy machine.
    model.options.set({ output_flag: false, mip_rel_gap: 0.2, mip_max_nodes: 5000 });
    return model;
  }

  #solve(demand: Demand, wishes: readonly Demand[]): Alternative | undefined {
    this.#wish(wishes);
    const wished = this.#run(demand);
    if (wished || this.#model.getModelStatus() === this.#options.highs.constants.modelStatus.infeasible) return wished;
    // Wishes are what makes a program hard to solve to the end; so is the basis left by the program before.
    this.#model.clearSolver();
    for (const spread of spreads) {
      this.#preferFew(spread);
      const few = this.#run(demand);
      if (few) return few;
    }
    this.#wish([]);
    return this.#runInWholeNumbers(demand);
  }

  #runInWholeNumbers(demand: Demand): Alternative | undefined {
    const { continuous, integer } = this.#options.highs.constants.variableType;
    const domains = (domain: VariableType): VariableType[] =>
      Array.from({ length: this.#prices.length * columnsPerCell }, () => domain);
    this.#model.changeColsIntegrality(this.#allColumns, domains(integer));
    const found = this.#run(demand);
    this.#model.changeColsIntegrality(this.#allColumns, domains(continuous));
    return found;
  }

  /** Whatever the solver thinks of its answer, it counts if it fulfils everything in whole numbers, and only then. */
  #run(demand: Demand): Alternative | undefined {
    const { family, cells } = this.#options;
    this.#model.run();
    const columns = this.#model.getSolution().colValue;
    const alternative = new Map<number, number>();
    cells.forEach((cell, position) => {
      const first = position * columnsPerCell;
      const difference = Math.round((columns[first] ?? 0) + (columns[first + 1] ?? 0) - (columns[first + 2] ?? 0));
      if (difference !== 0) alternative.set(cell, difference);
    });
    if (!meets(family, demand, alternative) || [...this.#frozen].some((cell) => alternative.has(cell)))
      return undefined;
    return isPossible(family, this.#constraints, alternative) ? alternative : undefined;
  }

  /**
   * Every difference costs a little, in each cell a little else. Answers that differ in few cells are nearly always whole, and where one
   * is not, other costs lead to another one: a hundred times sooner than the search for whole numbers.
   */
  #preferFew(spread: number): void {
    const costs = this.#prices.flatMap((price, position) => {
      const cost = price + wishWorth * (1 + (((position + 1) * spread) % 1));
      return [cost, cost, cost];
    });
    this.#model.changeColsCost(this.#allColumns, costs);
  }

  #wish(demands: readonly Demand[]): void {
    const { family } = this.#options;
    const costs = this.#prices.flatMap((price) => [price, price, price]);
    demands.forEach(({ cell, kind }, rank) => {
      const position = this.#positions.get(cell);
      if (position === undefined) return;
      // What one cell gains another loses, so equal wishes would cancel out and nothing would move.
      const worth = wishWorth * ((rank * goldenRatio) % 1);
      const downwards = kind === 'varies_under_threshold' && family.values[cell] === family.threshold - 1;
      const wish = downwards ? [worth, worth, -worth] : [-worth, 0, worth];
      costs.splice(position * columnsPerCell, columnsPerCell, ...wish);
    });
    this.#model.changeColsCost(this.#allColumns, costs);
  }

  #setBounds(cell: number, { lower, upper }: Bounds): void {
    const from = this.#position(cell) * columnsPerCell;
    this.#model.changeColsBounds({ kind: 'range', from, to: from + columnsPerCell - 1 }, lower, upper);
  }

  #room(cell: number): Room {
    return this.#rooms[this.#position(cell)] ?? { up: 0, down: 0 };
  }

  #position(cell: number): number {
    const position = this.#positions.get(cell);
    if (position === undefined) throw new RangeError('the cell is not among those that may differ');
    return position;
  }
}
