import type { Highs } from 'highs';
import { isPossible, type Alternative, type Demand } from './alternative.js';
import { AlternativeFinder } from './alternative-finder.js';
import { additions, coverings, type Constraint } from './constraints.js';
import { canBeMet, demandsOn, meetDemands } from './demands.js';
import type { Family } from './family.js';
import { Ledger } from './ledger.js';
import { priceOf } from './prices.js';

/** Which cells of a family are not shown, while this is being decided. */
export class Pattern {
  readonly hidden: Set<number>;
  readonly #highs: Highs;
  readonly #family: Family;
  readonly #price: (cell: number) => number;

  constructor(highs: Highs, family: Family) {
    this.#highs = highs;
    this.#family = family;
    this.#price = priceOf(family);
    this.hidden = new Set(family.hidden);
  }

  /** Hides what is needed so that no cell of this measure follows from the other cells of the same measure. */
  async protectMeasure(measure: number): Promise<readonly Alternative[]> {
    const cells = this.#cells().filter((cell) => this.#family.measureOf(cell) === measure);
    const constraints = additions(this.#family, measure);
    const ledger = new Ledger(this.#family, this.#demands(cells));
    const added = await this.#hideWhatIsNeeded(ledger, cells, constraints);
    const proved = await this.#showWhatIsNotNeeded(ledger, cells, constraints, added);
    return proved.alternatives;
  }

  /** The same for what the measures tell about each other. */
  async protectAcrossMeasures(found: readonly Alternative[]): Promise<readonly Alternative[]> {
    const constraints = this.#everythingKnown();
    const cells = this.#cells();
    // An alternative of one measure is one of the family too, if it agrees with what is true of the others.
    const possible = found.filter((alternative) => isPossible(this.#family, constraints, alternative));
    const ledger = new Ledger(this.#family, this.#demands(cells), possible);
    // What is hidden already is nearly always enough, and the program without the shown cells is much smaller.
    await this.#using(this.#hiddenOf(cells), constraints, (finder) => meetDemands(ledger, finder));
    await this.#hideWhatIsNeeded(ledger, cells, constraints);
    return ledger.alternatives;
  }

  /**
   * Goes once more through the finished pattern: the hidden cells for which these alternatives are no proof. There are
   * none, unless what must stay shown gives a cell away.
   */
  exposedDespite(alternatives: readonly Alternative[]): readonly number[] {
    const constraints = this.#everythingKnown();
    const sound = alternatives.filter(
      (alternative) =>
        [...alternative.keys()].every((cell) => this.hidden.has(cell)) &&
        isPossible(this.#family, constraints, alternative),
    );
    const { open } = new Ledger(this.#family, this.#demands(this.#cells()), sound);
    return [...new Set(open.map(({ cell }) => cell))].toSorted((a, b) => a - b);
  }

  #everythingKnown(): readonly Constraint[] {
    const measures = this.#family.measures.map((_name, measure) => additions(this.#family, measure));
    return [...measures.flat(), ...coverings(this.#family)];
  }

  async #hideWhatIsNeeded(
    ledger: Ledger,
    cells: readonly number[],
    constraints: readonly Constraint[],
  ): Promise<readonly number[]> {
    if (ledger.open.length === 0) return [];
    const added: number[] = [];
    const givenUp = await this.#using(cells, constraints, (finder) =>
      meetDemands(ledger, finder, (cell) => {
        if (this.hidden.has(cell)) return;
        this.hidden.add(cell);
        added.push(cell);
        ledger.add(demandsOn(this.#family, cell));
        finder.free(cell);
      }),
    );
    for (const demand of givenUp) ledger.drop(demand);
    return added;
  }

  /** What was hidden for one cell may have become needless by what was hidden for a later one. */
  async #showWhatIsNotNeeded(
    ledger: Ledger,
    cells: readonly number[],
    constraints: readonly Constraint[],
    added: readonly number[],
  ): Promise<Ledger> {
    if (added.length === 0) return ledger;
    return this.#using(this.#hiddenOf(cells), constraints, async (finder) => {
      let proved = ledger;
      for (const cell of added.toSorted(this.#dearestFirst)) {
        const rest = proved.without(cell);
        finder.freeze(cell);
        if (await canBeMet(rest, finder)) {
          proved = rest;
          this.hidden.delete(cell);
        } else finder.thaw(cell);
      }
      return proved;
    });
  }

  #demands(cells: readonly number[]): readonly Demand[] {
    return this.#hiddenOf(cells)
      .toSorted(this.#dearestFirst)
      .flatMap((cell) => demandsOn(this.#family, cell));
  }

  #cells(): readonly number[] {
    return this.#family.values.map((_value, cell) => cell).filter((cell) => !this.#family.fixed.has(cell));
  }

  #hiddenOf(cells: readonly number[]): readonly number[] {
    return cells.filter((cell) => this.hidden.has(cell));
  }

  readonly #dearestFirst = (a: number, b: number): number => this.#price(b) - this.#price(a) || a - b;

  async #using<T>(
    cells: readonly number[],
    constraints: readonly Constraint[],
    work: (finder: AlternativeFinder) => Promise<T>,
  ): Promise<T> {
    const price = (cell: number): number => (this.hidden.has(cell) ? 0 : this.#price(cell));
    const finder = new AlternativeFinder({ highs: this.#highs, family: this.#family, cells, constraints, price });
    try {
      return await work(finder);
    } finally {
      finder.dispose();
    }
  }
}
