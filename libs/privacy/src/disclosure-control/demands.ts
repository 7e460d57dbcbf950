import { setImmediate } from 'node:timers/promises';
import type { Demand } from './alternative.js';
import type { AlternativeFinder } from './alternative-finder.js';
import type { Family } from './family.js';
import type { Ledger } from './ledger.js';

/**
 * Nobody may compute a cell that is not shown. Of a cell under the threshold nobody may even conclude that it is
 * under it; and who guesses so must not be able to tell the number.
 */
export function demandsOn(family: Family, cell: number): readonly Demand[] {
  if (!family.isPrimary(cell)) return [{ cell, kind: 'varies' }];
  const reaches: Demand = { cell, kind: 'reaches_threshold' };
  // With a threshold of 1 zero is the only number under it.
  return family.threshold === 1 ? [reaches] : [reaches, { cell, kind: 'varies_under_threshold' }];
}

/**
 * Works until every demand on a cell that the finder may touch is met; returns those that it could not meet, which
 * stay open. Every cell that differs in an alternative is handed to `onDiffering`: it must not be shown, or the
 * alternative would not be one.
 */
export async function meetDemands(
  ledger: Ledger,
  finder: AlternativeFinder,
  onDiffering: (cell: number) => void = () => undefined,
): Promise<readonly Demand[]> {
  const givenUp = new Set<Demand>();
  const left = (): readonly Demand[] =>
    ledger.open.filter((demand) => finder.mayDiffer(demand.cell) && !givenUp.has(demand));
  for (let [demand, ...others] = left(); demand !== undefined; [demand, ...others] = left()) {
    const alternative = finder.find(demand, others);
    if (alternative) {
      ledger.record(alternative);
      for (const cell of alternative.keys()) onDiffering(cell);
    } else givenUp.add(demand);
    // The solver blocks; others in this process get their turn in between.
    await setImmediate();
  }
  return [...givenUp];
}

/** Whether every demand can be met without hiding more; stops at the first that cannot. */
export async function canBeMet(ledger: Ledger, finder: AlternativeFinder): Promise<boolean> {
  for (let [demand, ...others] = ledger.open; demand !== undefined; [demand, ...others] = ledger.open) {
    const alternative = finder.find(demand, others);
    if (!alternative) return false;
    ledger.record(alternative);
    await setImmediate();
  }
  return true;
}
