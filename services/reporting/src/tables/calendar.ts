import type { TreeNode } from '@waymark/privacy';

/** A calendar period: `2021`, `2021-Q1` or `2021-02`. Other spans cannot be protected against differences. */
export const periodForm = /^\d{4}(-Q[1-4]|-(0[1-9]|1[0-2]))?$/;

export const yearOf = (period: string): string => period.slice(0, 4);

const monthsOf = (year: string, quarter: number): readonly string[] =>
  [1, 2, 3].map((month) => `${year}-${String((quarter - 1) * 3 + month).padStart(2, '0')}`);

/** True once the last month of the period is over. */
export function isOver(period: string, now: string): boolean {
  const year = yearOf(period);
  const quarter = /-Q([1-4])$/.exec(period)?.[1];
  const last = quarter ? monthsOf(year, Number(quarter))[2] : period.length === 4 ? `${year}-12` : period;
  return String(last) < now.slice(0, 7);
}

/**
 * The periods of a year that can be shown: months that are over and have contacts, and the quarters and the year that are made of
 * such months only. A sum over a month without contacts would tell that the others are all there is.
 */
export function calendarOf(year: string, monthsWithContacts: ReadonlySet<string>, now: string): readonly TreeNode[] {
  const shown = (month: string): boolean => monthsWithContacts.has(month) && isOver(month, now);
  const quarters = [1, 2, 3, 4].map((quarter) => {
    const months = monthsOf(year, quarter);
    const leaves = months.filter(shown).map((key) => ({ key }));
    return { complete: leaves.length === 3, node: { key: `${year}-Q${quarter}`, children: leaves }, leaves };
  });
  if (quarters.every(({ complete }) => complete)) return [{ key: year, children: quarters.map(({ node }) => node) }];
  return quarters.flatMap(({ complete, node, leaves }) => (complete ? [node] : leaves));
}

/** All periods of a calendar, the longest first. */
export const periodsIn = (nodes: readonly TreeNode[]): readonly string[] =>
  nodes.flatMap((node) => [node.key, ...periodsIn(node.children ?? [])]);
