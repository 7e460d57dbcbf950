import type { Command } from 'commander';
import { readLog, readLogSize, type LogSize } from '@waymark/event-store';
import { LogTally, type Tally } from '../log-tally.js';
import { adminUrlOption, partOf, urlOption, withLog } from '../log-address.js';
import { startProgress } from '../progress.js';
import { byteText, columns, number } from '../terminal.js';
import { report, type CommandContext, type CommonOptions } from './command-context.js';
import { positiveNumber } from './export.js';

interface StatsOptions extends CommonOptions {
  readonly url?: string;
  readonly adminUrl?: string;
  readonly days: number;
}

export function addStats(events: Command, { terminal }: CommandContext): void {
  events
    .command('stats')
    .description("count events and streams by category, type and day; with the owner's address also sizes on disk")
    .addOption(urlOption())
    .addOption(adminUrlOption('PostgreSQL address of the owner of the log, for the sizes of tables and indexes'))
    .option('--days <number>', 'how many days, up to that of the last event', positiveNumber, 14)
    .option('--json', 'print the result as one line of JSON')
    .option('--quiet', 'print no progress and, without --json, no result')
    .action(async (options: StatsOptions) => {
      const tally = await withLog(options, async (store, head) => {
        const progress = startProgress('counting', terminal, options.quiet ?? false);
        const counting = new LogTally();
        try {
          for await (const page of readLog(store, { upTo: head })) {
            for (const event of page) counting.add(event);
            progress.update(partOf(page.at(-1)?.position ?? head, head), counting.events);
          }
        } finally {
          progress.end();
        }
        return counting.result(options.days);
      });
      const size = options.adminUrl === undefined ? undefined : await readLogSize({ adminUrl: options.adminUrl });
      report(terminal, options, { ...tally, ...(size && { size }) }, () => asText(tally, size));
    });
}

function asText(tally: Tally, size: LogSize | undefined): string {
  const { events, streams, bytes, firstRecordedAt, lastRecordedAt, categories, days } = tally;
  const byCategory = categories.flatMap(({ category, types, ...sum }) => [
    [category, number(sum.events), number(sum.streams), byteText(sum.bytes)],
    ...types.map((type) => [`  ${type.type}`, number(type.events), '', byteText(type.bytes)]),
  ]);
  const relations = size ? [...size.tables, ...size.indexes].map(({ name, bytes: on }) => [name, byteText(on)]) : [];
  return [
    `${number(events)} events in ${number(streams)} streams, ${byteText(bytes)} of data and metadata\n`,
    events > 0 ? `Recorded from ${firstRecordedAt} to ${lastRecordedAt}\n` : '',
    events > 0 ? `\n${columns([['', 'events', 'streams', 'size'], ...byCategory])}` : '',
    events > 0 ? `\n${columns([['day (UTC)', 'events'], ...days.map((day) => [day.day, number(day.events)])])}` : '',
    size ? `\nOn disk ${byteText(size.totalBytes)}\n${columns(relations)}` : '',
  ].join('');
}
