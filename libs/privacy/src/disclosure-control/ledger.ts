import { meets, type Alternative, type Demand } from './alternative.js';
import type { Family } from './family.js';

/** Which demands are still open, and the alternatives that prove the others met. */
export class Ledger {
  readonly #family: Family;
  readonly #demands: Set<Demand>;
  readonly #alternatives: Alternative[] = [];
  #open: readonly Demand[];

  constructor(family: Family, demands: readonly Demand[], alternatives: readonly Alternative[] = []) {
    this.#family = family;
    this.#demands = new Set(demands);
    this.#open = demands;
    for (const alternative of alternatives) this.record(alternative);
  }

  /** In the order in which they were made. */
  get open(): readonly Demand[] {
    return this.#open;
  }

  get alternatives(): readonly Alternative[] {
    return this.#alternatives;
  }

  add(demands: readonly Demand[]): void {
    for (const demand of demands) this.#demands.add(demand);
    this.#open = [
      ...this.#open,
      ...demands.filter((demand) => !this.#alternatives.some((each) => meets(this.#family, demand, each))),
    ];
  }

  drop(demand: Demand): void {
    this.#demands.delete(demand);
    this.#open = this.#open.filter((each) => each !== demand);
  }

  record(alternative: Alternative): void {
    this.#alternatives.push(alternative);
    this.#open = this.#open.filter((demand) => !meets(this.#family, demand, alternative));
  }

  /** What would be asked and proved if this cell were shown after all. */
  without(cell: number): Ledger {
    return new Ledger(
      this.#family,
      [...this.#demands].filter((demand) => demand.cell !== cell),
      this.#alternatives.filter((alternative) => !alternative.has(cell)),
    );
  }
}
