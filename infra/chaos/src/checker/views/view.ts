import { list, text, type Fields, type LoggedEvent, type Rows, type Tables } from '../evidence.js';
import type { Finding } from '../finding.js';

/** A row as it must be: its columns as text, moments in milliseconds since 1970, lists joined by commas, nothing for null. */
export type Row = Readonly<Record<string, string>>;

/** A table, and what the log makes of it when it is folded afresh. */
export interface View {
  readonly service: string;
  readonly table: string;
  readonly key: readonly string[];
  /** Every row with the columns that are judged. */
  readonly fold: (log: readonly LoggedEvent[]) => readonly Row[];
}

export const millis = (instant: string): string => (instant === '' ? '' : String(Date.parse(instant)));

const cell = (row: Fields, column: string): string => {
  const joined = list(row, column).join();
  return joined === '' ? text(row, column) : joined;
};

/** Compares a table with a fresh fold, row by row and column by column. */
export function compareView(
  { service, table, key, fold }: View,
  log: readonly LoggedEvent[],
  tables: ReadonlyMap<string, Tables>,
): readonly Finding[] {
  const rows: Rows = tables.get(service)?.get(table) ?? [];
  const nameOf = (columns: (column: string) => string): string => key.map(columns).join(' ');
  const there = new Map(rows.map((row) => [nameOf((column) => cell(row, column)), row]));
  const due = new Map(fold(log).map((row) => [nameOf((column) => row[column] ?? ''), row]));
  const finding = (what: string): Finding => ({
    promise: 'views different from a fresh fold',
    what: `${service}.${table}: ${what}`,
  });
  const findings: Finding[] = [];
  for (const [name, row] of due) {
    const found = there.get(name);
    if (!found) findings.push(finding(`${name} is missing`));
    else
      for (const [column, value] of Object.entries(row))
        if (cell(found, column) !== value)
          findings.push(finding(`${name}: ${column} is ${cell(found, column)}, folded ${value}`));
  }
  for (const name of there.keys()) if (!due.has(name)) findings.push(finding(`${name} should not be there`));
  if (rows.length > there.size) findings.push(finding(`${rows.length - there.size} rows twice`));
  return findings;
}
