import { InvalidArgumentError, type Command } from 'commander';
import { importLog } from '@waymark/event-store';
import { FaultFound } from '../exit-codes.js';
import { checkExport, eventsOf } from '../export-format/read-export.js';
import { adminUrlOption, demand } from '../log-address.js';
import { startProgress, type Progress } from '../progress.js';
import { number } from '../terminal.js';
import { report, type CommandContext, type CommonOptions } from './command-context.js';

interface ImportCommandOptions extends CommonOptions {
  readonly adminUrl?: string;
  readonly from: string;
  readonly digest?: string;
}

function digestText(text: string): string {
  if (!/^[0-9a-f]{64}$/.test(text)) throw new InvalidArgumentError('64 hexadecimal digits are needed.');
  return text;
}

export function addImport(events: Command, { terminal }: CommandContext): void {
  events
    .command('import')
    .description('fill an empty log from an export, and prove that it is the same before it is committed')
    .addOption(adminUrlOption('PostgreSQL address of the owner of the log; the schema is made if it is not there'))
    .requiredOption('--from <folder>', 'the export')
    .option('--digest <hex>', 'refuse any export but the one with this digest', digestText)
    .option('--json', 'print the result as one line of JSON')
    .option('--quiet', 'print no progress and, without --json, no result')
    .action(async (options: ImportCommandOptions) => {
      const adminUrl = demand(options.adminUrl, 'admin-url', 'EVENT_STORE_ADMIN_URL');
      const { manifest, heads } = await checkExport(options.from);
      if (options.digest !== undefined && options.digest !== manifest.digest) {
        throw new FaultFound(`the export has digest ${manifest.digest}`);
      }
      const progress = twoSteps((what) => startProgress(what, terminal, options.quiet ?? false), manifest.events);
      try {
        await importLog({
          adminUrl,
          events: eventsOf(options.from, manifest),
          expected: { events: manifest.events, digest: manifest.digest, heads },
          head: BigInt(manifest.head),
          onProgress: progress.update,
        });
      } finally {
        progress.end();
      }
      const { events: count, streams, digest, head } = manifest;
      report(
        terminal,
        options,
        { events: count, streams, digest, head },
        () => `${number(count)} events in ${number(streams)} streams are in, equal to the export. Digest ${digest}\n`,
      );
    });
}

/** Every event is copied in and then read back. */
function twoSteps(start: (what: string) => Progress, events: number) {
  let step = 'copy';
  let progress = start('copying in');
  return {
    update: (now: 'copy' | 'proof', done: number): void => {
      if (now !== step) {
        progress.end();
        progress = start('proving');
        step = now;
      }
      progress.update(done / Math.max(1, events), done);
    },
    end: (): void => progress.end(),
  };
}
