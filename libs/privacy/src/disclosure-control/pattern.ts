import type { Highs } from 'highs';
import { AlternativeFinder } from './alternative-finder.js';
import { additions, coverings, type Constraint } from './constraints.js';
import { canBeMet, demandsOn, meetDemands } from './demands.js';
import type { Family } from './family.js';
import { Ledger } from './ledger.js';
import { priceOf } from './prices.js';

/** Which cells of a family are not shown, while this is being decided. */
export class Pattern {
  readonly hidden = new Set<number>();
  readonly #highs: Highs;
  readonly #family: Family;
  readonly #constraints: readonly Constraint[];
  readonly #price: (cell: number) => number;
  #ledger: Ledger;

  constructor(highs: Highs, family: Family) {
    this.#highs = highs;
    this.#family = family;
    this.#constraints = [...additions(family), ...coverings(family)];
    this.#price = priceOf(family);
    this.#ledger = new Ledger(family, []);
  }

  /** Cells that cannot be protected, because what must stay shown gives them away. */
  get exposed(): ReadonlySet<number> {
    return new Set(this.#ledger.open.map(({ cell }) => cell));
  }

  /** Leaves out every count under the threshold; the totals of a dearer cell are looked after first. */
  hidePrimaries(): void {
    const primaries = this.#family.values.map((_value, cell) => cell).filter((cell) => this.#family.isPrimary(cell));
    for (const cell of primaries.toSorted(this.#dearestFirst)) this.#hide(cell);
  }

  /**
   * Hides what is needed so that nothing hidden in these measures can be computed. What was promised for other
   * measures before stays true: these keep their values meanwhile.
   */
  async protect(measures: readonly number[]): Promise<void> {
    const cells = this.#family.values
      .map((_value, cell) => cell)
      .filter((cell) => measures.includes(this.#family.measureOf(cell)) && !this.#family.fixed.has(cell));
    const added: number[] = [];
    await this.#using(cells, (finder) =>
      meetDemands(this.#ledger, finder, (cell) => {
        if (this.hidden.has(cell)) return;
        this.#hide(cell);
        finder.free(cell);
        added.push(cell);
      }),
    );
    await this.#showWhatIsNotNeeded(added, cells);
  }

  /** What was hidden for one cell may have become needless by what was hidden for a later one. */
  async #showWhatIsNotNeeded(added: readonly number[], cells: readonly number[]): Promise<void> {
    if (added.length === 0) return;
    const hidden = cells.filter((cell) => this.hidden.has(cell));
    await this.#using(hidden, async (finder) => {
      for (const cell of added.toSorted(this.#dearestFirst)) {
        const rest = this.#ledger.without(cell);
        finder.freeze(cell);
        if (await canBeMet(rest, finder, this.#ledger.open)) {
          this.#ledger = rest;
          this.hidden.delete(cell);
        } else finder.thaw(cell);
      }
    });
  }

  #hide(cell: number): void {
    this.hidden.add(cell);
    this.#ledger.add(demandsOn(this.#family, cell));
  }

  readonly #dearestFirst = (a: number, b: number): number => this.#price(b) - this.#price(a) || a - b;

  async #using<T>(cells: readonly number[], work: (finder: AlternativeFinder) => Promise<T>): Promise<T> {
    const price = (cell: number): number => (this.hidden.has(cell) ? 0 : this.#price(cell));
    const constraints = this.#constraints;
    const finder = new AlternativeFinder({ highs: this.#highs, family: this.#family, cells, constraints, price });
    try {
      return await work(finder);
    } finally {
      finder.dispose();
    }
  }
}
