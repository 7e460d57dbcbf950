import { readFile } from 'node:fs/promises';
import { InvalidArgumentError, type Command } from 'commander';
import { readLog, type EventStore, type StoredEvent } from '@waymark/event-store';
import { writeExport } from '../export-format/write-export.js';
import { partOf, urlOption, withLog } from '../log-address.js';
import { startProgress, type Progress } from '../progress.js';
import { byteText, number } from '../terminal.js';
import { report, type CommandContext, type CommonOptions } from './command-context.js';

interface ExportCommandOptions extends CommonOptions {
  readonly url?: string;
  readonly out: string;
  readonly category?: readonly string[];
  readonly fileBytes: number;
}

const defaultFileBytes = 67_108_864;

export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('A number from 1 is needed.');
  return value;
}

export function addExport(events: Command, { terminal }: CommandContext): void {
  events
    .command('export')
    .description('write every event, sealed as it is stored, as JSON Lines with a manifest of hashes')
    .addOption(urlOption())
    .requiredOption('--out <folder>', 'where to; it must not be there yet')
    .option('--category <name...>', 'only the streams of these categories')
    .option(
      '--file-bytes <number>',
      'a file that has reached this size gets no further event',
      positiveNumber,
      defaultFileBytes,
    )
    .option('--json', 'print the result as one line of JSON')
    .option('--quiet', 'print no progress and, without --json, no result')
    .action(async (options: ExportCommandOptions) => {
      const { out, category: categories, fileBytes } = options;
      const release = await releaseOfThis();
      const manifest = await withLog({ url: options.url }, async (store, head) => {
        const progress = startProgress('exporting', terminal, options.quiet ?? false);
        const pages = counted(store, { upTo: head, ...(categories && { categories }) }, progress);
        try {
          return await writeExport({ out, pages, head, fileBytes, release, ...(categories && { categories }) });
        } finally {
          progress.end();
        }
      });
      report(terminal, options, { out, ...manifest }, () => {
        const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
        const { events: count, streams, files, digest } = manifest;
        return (
          `${number(count)} events in ${number(streams)} streams, ${byteText(bytes)} in ${files.length} files: ${out}\n` +
          `Digest ${digest}\n`
        );
      });
    });
}

async function* counted(
  store: EventStore,
  options: Parameters<typeof readLog>[1],
  progress: Progress,
): AsyncGenerator<readonly StoredEvent[]> {
  let count = 0;
  for await (const page of readLog(store, options)) {
    yield page;
    count += page.length;
    progress.update(partOf(page.at(-1)?.position ?? options.upTo, options.upTo), count);
  }
}

async function releaseOfThis(): Promise<string> {
  const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as {
    readonly version: string;
  };
  return version;
}
