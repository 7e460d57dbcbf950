import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { runFuzz } from './run-fuzz.js';

const usage = `Usage: npm run fuzz [-- OPTIONS]
  --seconds N  how long to ask, 90 unless given; starting and stopping come on top
  --seed N     repeats an earlier run, 1 unless given
  --json FILE  writes what was asked and found`;

/** `npm run fuzz`. Answers the exit code: 1 when something was found, 2 when nothing could be asked. */
export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '90' },
      seed: { type: 'string', default: '1' },
      json: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const results = await runFuzz(Number(values.seconds), Number(values.seed), (result) => {
    const { service, caller, operations, requests, failures, output } = result;
    console.log(
      `${failures.length === 0 ? '✓' : '✗'} ${service} as ${caller}: ${operations} operations, ${requests} requests`,
    );
    if (failures.length > 0) console.log(`${failures.map((each) => `    ${each}\n`).join('')}\n${output}`);
  });
  if (values.json) await writeFile(values.json, `${JSON.stringify(results, null, 2)}\n`);
  const found = results.reduce((sum, { failures }) => sum + failures.length, 0);
  const requests = results.reduce((sum, result) => sum + result.requests, 0);
  console.log(`${requests} requests; server errors, undocumented answers and others found: ${found}.`);
  return found === 0 ? 0 : 1;
}
