import type { TreeNode } from '@waymark/privacy';
import { Problem } from '@waymark/service-kit';

/** A calendar period: `2021`, `2021-Q1` or `2021-02`. Other spans cannot be protected against differences. */
export const periodForm = /^\d{4}(-Q[1-4]|-(0[1-9]|1[0-2]))?$/;

export const yearOf = (period: string): string => period.slice(0, 4);

const monthsOf = (year: string, quarter: number): readonly string[] =>
  [1, 2, 3].map((month) => `${year}-${String((quarter - 1) * 3 + month).padStart(2, '0')}`);

function lastMonthOf(period: string): string {
  const year = yearOf(period);
  const quarter = /-Q([1-4])$/.exec(period)?.[1];
  return String(quarter ? monthsOf(year, Number(quarter))[2] : period.length === 4 ? `${year}-12` : period);
}

/** True once the last month of the period is over. */
export const isOver = (period: string, now: string): boolean => lastMonthOf(period) < now.slice(0, 7);

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

/** Of a calendar what ends no later than this period does, and what else is chosen. */
export const calendarUntil = (
  period: string,
  nodes: readonly TreeNode[],
  isChosen: (period: string) => boolean,
): readonly TreeNode[] =>
  nodes.flatMap((node) => {
    const children = calendarUntil(period, node.children ?? [], isChosen);
    return lastMonthOf(node.key) <= lastMonthOf(period) || isChosen(node.key) ? [{ ...node, children }] : children;
  });

/** All periods of a calendar, the longest first. */
export const periodsIn = (nodes: readonly TreeNode[]): readonly string[] =>
  nodes.flatMap((node) => [node.key, ...periodsIn(node.children ?? [])]);

/** Refuses a period of which there is no table. */
export function demandPeriod(period: string, periods: readonly string[]): void {
  if (!periods.includes(period))
    throw new Problem(
      404,
      'period_not_available',
      'A table exists for periods that are over and of which something is known in every month.',
    );
}

export const isDay = (day: string): boolean => {
  const date = new Date(`${day}T00:00:00.000Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
};

/** `2026-03` → `2026-04`. */
export const monthAfter = (month: string): string => dayOf(month, 1, 1).slice(0, 7);

/** `2026-03` → `2026-03-31`. */
export const lastDayOf = (month: string): string => dayOf(month, 1, 0);

/** The last month whose last day is not after this day. */
export const monthEndedBy = (day: string): string => {
  const month = day.slice(0, 7);
  return lastDayOf(month) === day ? month : dayOf(month, 0, 0).slice(0, 7);
};

/** A day counted from the beginning of the month that is so many months later. */
function dayOf(month: string, later: number, day: number): string {
  const date = new Date(`${month}-01T00:00:00.000Z`);
  date.setUTCMonth(date.getUTCMonth() + later, day);
  return date.toISOString().slice(0, 10);
}
