import { parseArgs } from 'node:util';
import { runTorture, type TortureReport } from './run-torture.js';
import { faultsOf } from './verdict.js';

const usage = `Usage: npm run torture [-- OPTIONS]
  --events N   events to acknowledge, 200000 unless given
  --seed S     decides what is done to the log; drawn and printed unless given
  --minutes M  goes on for that long at least`;

/** `npm run torture`. Answers the exit code: 0 when every promise held. */
export async function main(args: readonly string[]): Promise<number> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { events: text, seed: text, minutes: text, help: { type: 'boolean' } },
  });
  if (values.help) {
    print(usage);
    return 0;
  }
  const number = (value: string | undefined, otherwise: number): number => {
    const given = Number(value ?? otherwise);
    if (!(given >= 0)) throw new Error(usage);
    return given;
  };
  const seed = number(values.seed, Math.floor(Math.random() * 2 ** 31));
  const events = number(values.events, 200_000);
  const minutes = number(values.minutes, 0);
  print(`seed ${seed}`);
  const crashes = Math.max(1, Math.round(events / 40_000));
  try {
    const report = await runTorture({ seed, events, minutes, crashes, onProgress: print });
    for (const line of linesOf(report)) print(line);
    const faults = faultsOf(report.verdict);
    for (const fault of faults) print(`BROKEN ${fault}`);
    print(faults.length === 0 ? `every promise held (seed ${seed})` : `the log broke its promises: --seed ${seed}`);
    return faults.length === 0 ? 0 : 1;
  } catch (error) {
    print(`the run failed: --seed ${seed}`);
    throw error;
  }
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);

function table(title: string, head: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] {
  const all = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ');
  return ['', title, ...all.map((row) => `  ${line(row)}`)];
}

function linesOf({ verdict, stored, acknowledged, streams, seconds, delays, injected }: TortureReport): string[] {
  const ms = (milliseconds: number): string => milliseconds.toFixed(0);
  return [
    '',
    `${stored} events stored, ${acknowledged} acknowledged one by one or in batches, ${streams} streams, ${seconds.toFixed(0)} s`,
    ...table('injected', ['what', 'times'], [...injected].sort()),
    ...table('log', ['promise broken', 'times'], Object.entries(verdict.log)),
    ...table(
      'readers',
      ['reader', 'skipped', 'repeated', 'reordered', 'invented'],
      verdict.readers.map((reader) => [
        reader.reader,
        reader.skipped,
        reader.repeated,
        reader.reordered,
        reader.invented,
      ]),
    ),
    ...table(
      'delivery in ms, without the time in which a transaction of this log was held open or the server was down',
      ['reader', 'median', 'p99', 'longest stall'],
      delays.map(({ reader, median, p99, longestStall }) => [reader, ms(median), ms(p99), ms(longestStall)]),
    ),
    '',
  ];
}
