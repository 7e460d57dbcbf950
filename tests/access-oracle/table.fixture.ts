import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';

export type Outcome = 'allow' | 'deny' | 'hidden';

/** A line of the oracle: what everybody gets who asks for one action on one thing. */
export interface Line {
  readonly action: string;
  readonly thing: string;
  readonly consent: string;
  readonly expected: Readonly<Record<string, Outcome>>;
}

/** A table of the oracle. Written from the domain, never from the policies. */
export function readTable(name: string): readonly Line[] {
  const text = readFileSync(new URL(`${name}.csv`, import.meta.url), 'utf8');
  return parse<Record<string, string>>(text, { columns: true }).map(
    ({ action = '', thing = '', consent = '', ...expected }) => ({
      ...{ action, thing, consent },
      expected: expected as Line['expected'],
    }),
  );
}
