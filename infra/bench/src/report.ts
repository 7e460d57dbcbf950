import { cpus, platform, release, totalmem } from 'node:os';

export type SystemName = 'waymark' | 'emmett' | 'raw' | 'kafkajs' | 'fastify';
export type Unit = 'events/s' | 'messages/s' | 'commands/s' | 'ms' | 'MiB';

/** One figure: the median, least and greatest of its runs. */
export interface Result {
  readonly name: string;
  readonly system: SystemName;
  readonly writers?: number;
  readonly logSize: number;
  readonly unit: Unit;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly runs: number;
}

export interface Ratio {
  readonly name: string;
  readonly value: number;
}

export interface Report {
  readonly machine: Readonly<Record<string, string | number>>;
  readonly versions: Readonly<Record<string, string>>;
  readonly results: readonly Result[];
  readonly ratios: readonly Ratio[];
}

export const thisMachine = (): Report['machine'] => ({
  processor: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  system: `${platform()} ${release()}`,
});

export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

export const round = (value: number): number =>
  Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));

/** The report as lines for people. */
export function tableOf({ machine, versions, results, ratios }: Report): string {
  const rows = results.map((result) => [
    `${result.name}${result.writers === undefined ? '' : ` (${result.writers} writers)`}`,
    result.system,
    result.logSize.toLocaleString('en'),
    `${round(result.median)} ${result.unit}`,
    `${round(result.min)} to ${round(result.max)}`,
    String(result.runs),
  ]);
  const head = ['what', 'system', 'events in the log', 'median', 'least to greatest', 'runs'];
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  return [
    '',
    `${Object.values(machine).join(', ')}; ${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}`,
    '',
    ...[head, ...rows].map(line),
    '',
    ...ratios.map(({ name, value }) => `${name.padEnd(28)} ${round(value)}`),
  ].join('\n');
}
