import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { startPlatform } from './platform/platform.js';
import { isClean, jsonOf, linesOf } from './report.js';
import { runChaos } from './run-chaos.js';

const usage = `Usage: npm run chaos [-- OPTIONS]
  --minutes N  how long load and faults last, 3 unless given
  --seed S     decides what is asked and what is done to the platform; drawn and printed unless given
  --rate R     matters that arrive in a second, 1 unless given
  --brokers N  Kafka brokers, of which each holds everything, 1 unless given
  --json FILE  writes the report with the timeline`;

/** `npm run chaos`. Answers the exit code: 0 when every promise held. */
export async function main(args: readonly string[]): Promise<number> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { minutes: text, seed: text, rate: text, brokers: text, json: text, help: { type: 'boolean' } },
  });
  if (values.help) {
    print(usage);
    return 0;
  }
  const number = (value: string | undefined, otherwise: number): number => {
    const given = Number(value ?? otherwise);
    if (!(given > 0)) throw new Error(usage);
    return given;
  };
  const seed = number(values.seed, 1 + Math.floor(Math.random() * 2 ** 31));
  const seconds = number(values.minutes, 3) * 60;
  const perSecond = number(values.rate, 1);
  const brokers = number(values.brokers, 1);
  print(`seed ${seed}`);
  const platform = await startPlatform({ brokers });
  try {
    print('all services are ready');
    const report = await runChaos(platform, { seed, seconds, perSecond, onProgress: print });
    for (const line of linesOf(report)) print(line);
    if (values.json) await writeFile(values.json, `${JSON.stringify(jsonOf(report), null, 2)}\n`);
    print(isClean(report) ? `every promise held (seed ${seed})` : `promises were broken: --seed ${seed}`);
    return isClean(report) ? 0 : 1;
  } catch (error) {
    print(`the run failed: --seed ${seed}`);
    throw error;
  } finally {
    await platform.close();
  }
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);
