import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { benchEventStore } from './event-store/bench-event-store.js';
import { benchHttp } from './http/bench-http.js';
import { benchLogGrowth } from './log-growth/bench-log-growth.js';
import { benchMessages } from './messages/bench-messages.js';
import { type Report, tableOf } from './report.js';
import { benchReceipts } from './receipts/bench-receipts.js';
import { benchViews } from './views/bench-views.js';

const benchmarks: Readonly<Record<string, (options: { readonly quick: boolean }) => Promise<Report>>> = {
  'event-store': benchEventStore,
  http: benchHttp,
  'log-growth': benchLogGrowth,
  messages: benchMessages,
  receipts: benchReceipts,
  views: benchViews,
};

const usage = `Usage: npm run bench -- NAME [OPTIONS]
  NAME         ${Object.keys(benchmarks).join(', ')}
  --quick      fewer and smaller runs, a few minutes
  --json FILE  writes every figure with its unit, the versions, the machine and the number of runs`;

/** `npm run bench`. Answers the exit code: 2 for wrong use. Figures are ratios side by side; none of them passes or fails. */
export async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { quick: { type: 'boolean' }, json: { type: 'string' }, help: { type: 'boolean' } },
  });
  const benchmark = benchmarks[positionals[0] ?? ''];
  if (values.help || !benchmark || positionals.length > 1) {
    console.log(usage);
    return values.help ? 0 : 2;
  }
  const report = await benchmark({ quick: values.quick ?? false });
  console.log(tableOf(report));
  if (values.json) await writeFile(values.json, `${JSON.stringify(report, null, 2)}\n`);
  return 0;
}
