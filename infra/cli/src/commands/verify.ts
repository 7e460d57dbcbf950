import { types } from 'node:util';
import type { Command } from 'commander';
import {
  LogVerifier,
  asStored,
  checkLogTables,
  readLog,
  type EventStore,
  type LogFault,
  type LogVerdict,
  type StreamHeads,
  type TableFault,
  type TableVerdict,
} from '@waymark/event-store';
import { exitCodes, WrongUse } from '../exit-codes.js';
import { demandPlaceFor, replaceFile } from '../export-format/files.js';
import { headsText, readHeads } from '../export-format/heads-file.js';
import { adminUrlOption, partOf, urlOption, withLog } from '../log-address.js';
import { startProgress, type Progress } from '../progress.js';
import { number } from '../terminal.js';
import { report, type CommandContext, type CommonOptions } from './command-context.js';

interface VerifyOptions extends CommonOptions {
  readonly url?: string;
  readonly adminUrl?: string;
  readonly stream?: string;
  readonly expect?: string;
  readonly heads?: string;
}

const meanings: Readonly<Record<LogFault['kind'] | TableFault['kind'], string>> = {
  hash: 'not what was written, or what is before it is not',
  revision: 'this revision is missing, or another stands in its place',
  position: 'out of order',
  missing: 'the stream was in the log before and is not any more',
  cut: 'the stream went on from here before and does not any more',
  rewritten: 'another event than was here before',
  category: 'kept from the readers of its category',
};

const shown = 20;

export function addVerify(events: Command, { terminal, end }: CommandContext): void {
  events
    .command('verify')
    .description('recompute the hash chain of every stream, and hold it against heads known from before')
    .addOption(urlOption())
    .addOption(adminUrlOption('PostgreSQL address of the owner of the log: looks also at what readers are not shown'))
    .option('--stream <name>', 'verify this stream only')
    .option('--heads <file>', 'write the head of every stream to a file, to be kept outside of the database')
    .option('--expect <file>', 'find streams that were cut off, removed or rewritten since these heads were written')
    .option('--json', 'print the result as one line of JSON')
    .option('--quiet', 'print no progress and, without --json, no result')
    .action(async (options: VerifyOptions) => {
      if (options.stream !== undefined && options.heads !== undefined) {
        throw new WrongUse('--heads is of the whole log and does not go with --stream');
      }
      if (options.heads !== undefined) await demandPlaceFor(options.heads);
      const expected = options.expect === undefined ? undefined : await knownHeads(options.expect, options.stream);
      const verifier = new LogVerifier(expected);
      await withLog(options, async (store, head) => {
        const progress = startProgress('verifying', terminal, options.quiet ?? false);
        try {
          if (options.stream === undefined) await addLog(verifier, store, head, progress);
          else await addStream(verifier, store, options.stream, head, progress);
        } finally {
          progress.end();
        }
      });
      const verdict = verifier.finish();
      if (options.stream !== undefined) demandKnown(options.stream, verdict.events, expected);
      const tables = options.adminUrl === undefined ? undefined : await checkLogTables({ adminUrl: options.adminUrl });
      const intact = verdict.intact && (tables?.intact ?? true);
      if (options.heads !== undefined && intact) await replaceFile(options.heads, headsText(verifier.heads, verdict));
      report(
        terminal,
        options,
        { ...asJson(verdict), intact, ...(tables && { tables }) },
        () => asText(verdict) + (tables ? tablesText(tables) : ''),
      );
      if (!intact) end(exitCodes.faultFound);
    });
}

async function knownHeads(file: string, stream: string | undefined): Promise<StreamHeads> {
  const heads = await readHeads(file).catch((error: unknown) => {
    const missing = types.isNativeError(error) && 'code' in error && error.code === 'ENOENT';
    throw missing ? new WrongUse(`${file} is not there`) : error;
  });
  return stream === undefined ? heads : heads.only(stream);
}

async function addLog(verifier: LogVerifier, store: EventStore, head: bigint, progress: Progress): Promise<void> {
  let count = 0;
  for await (const page of readLog(store, { upTo: head })) {
    for (const event of page) verifier.add(event);
    count += page.length;
    progress.update(partOf(page.at(-1)?.position ?? head, head), count);
  }
}

async function addStream(
  verifier: LogVerifier,
  store: EventStore,
  stream: string,
  head: bigint,
  progress: Progress,
): Promise<void> {
  let count = 0;
  for await (const event of store.readStream(stream)) {
    verifier.add(asStored(event));
    count += 1;
    progress.update(partOf(event.position, head), count);
  }
}

/** A stream of which neither the log nor the earlier heads know: nothing was found that is not as it was. */
function demandKnown(stream: string, events: number, expected: StreamHeads | undefined): void {
  if (events > 0 || expected?.get(stream)) return;
  throw new WrongUse(
    `there is no stream ${stream} in this log. Whether there has been one is known only to heads of before: give them with --expect`,
  );
}

const asJson = ({ firstPosition, lastPosition, ...verdict }: LogVerdict) => ({
  ...verdict,
  firstPosition: firstPosition === undefined ? null : String(firstPosition),
  lastPosition: lastPosition === undefined ? null : String(lastPosition),
});

function asText({ intact, events, streams, digest, faulty, faults, lastPosition = 0n }: LogVerdict): string {
  const counted = `${number(events)} events in ${number(streams)} streams, up to position ${lastPosition}\n`;
  if (intact) return `${counted}Every chain is intact. Digest ${digest}\n`;
  const more = faulty > shown ? `  and ${number(faulty - Math.min(shown, faults.length))} more\n` : '';
  return `${counted}${number(faulty)} streams are not as they were written:\n${faultLines(faults)}${more}`;
}

function tablesText({ intact, faults, unguarded }: TableVerdict): string {
  if (intact) return 'The tables agree with it, and what guards them is in place.\n';
  return `The tables, which readers are not shown:\n${faultLines(faults)}${unguarded.map((what) => `  ${what}\n`).join('')}`;
}

const faultLines = (faults: readonly (LogFault | TableFault)[]): string =>
  faults
    .slice(0, shown)
    .map(({ stream, revision, kind }) => `  ${stream}, revision ${revision}: ${kind} (${meanings[kind]})\n`)
    .join('');
