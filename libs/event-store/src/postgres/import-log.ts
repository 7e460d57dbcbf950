import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { types } from 'node:util';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { contentHash, type StoredEvent } from '../chain.js';
import { LogVerifier, type LogFault, type LogVerdict } from '../verification/log-verifier.js';
import type { StreamHeads } from '../verification/stream-heads.js';
import { copyStatement, copyText } from './copy-rows.js';
import { inAdminTransaction, takeSetupLock } from './database.js';
import { toEventStoreError } from './errors.js';
import { migrateEventStore } from './migrate.js';
import { asStoredRow, asText, type EventRow } from './rows.js';

/** What the log must be when the import is done; from elsewhere than the events themselves. */
export interface ExpectedLog {
  readonly events: number;
  /** As `LogVerdict.digest`. */
  readonly digest: string;
  /** Of every stream. */
  readonly heads: StreamHeads;
}

export interface LogImport {
  /** Of the owner of the log, since positions, times and hashes are kept, which no other role may write. */
  readonly adminUrl: string;
  /** In the order of their positions; read once. What it rejects with, the import rejects with. */
  readonly events: AsyncIterable<StoredEvent>;
  readonly expected: ExpectedLog;
  /** New events get positions after this one: the last that may have been handed out, or seen by any reader. */
  readonly head: bigint;
  readonly onProgress?: (step: 'copy' | 'proof', events: number) => void;
}

/** `store_not_empty`: refused before anything was done. `not_equal`: what came in is not what was expected. */
export type LogImportErrorCode = 'store_not_empty' | 'not_equal';

export class LogImportError extends Error {
  override readonly name = 'LogImportError';

  constructor(
    readonly code: LogImportErrorCode,
    message: string,
    readonly faults: readonly LogFault[] = [],
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** At a megabyte each, the largest that an event can be, still no more than one can hold. */
const proofPage = 64;

/**
 * Fills an empty log with events that keep their positions, recorded times and hashes, in one transaction: all of it or, after
 * any fault or a lost connection, nothing. Appenders wait meanwhile. Before the commit the log is read back from the tables:
 * every chain is recomputed, and number of events, digest and the head of every stream are compared with what was expected.
 * Brings the schema up to date before; touches no trigger and no grant. Rejects with `LogImportError`, `NewerSchemaError`,
 * `EventStoreError` (`unavailable`, or `category_forbidden` for who is not the owner), or what `events` rejects with.
 */
export async function importLog(options: LogImport): Promise<LogVerdict> {
  try {
    await migrateEventStore(options);
    return await inAdminTransaction(options.adminUrl, async (client) => {
      await lockEmptyLog(client);
      const copied = copyText(options.events, (events) => options.onProgress?.('copy', events));
      await pipeline(Readable.from(copied), client.query(copyFrom(copyStatement)));
      const verdict = await prove(client, options);
      if (options.head > 0n) await client.query(raisePosition, [String(options.head)]);
      await client.query('analyze waymark.events');
      return verdict;
    });
  } catch (error) {
    throw refusedByConstraint(error) ?? toEventStoreError(error);
  }
}

/** The log's own constraints refuse what no log can hold: a position or an id twice, data that are no JSON. */
function refusedByConstraint(error: unknown): LogImportError | undefined {
  const refused = types.isNativeError(error) && 'code' in error && /^2[23]/.test(String(error.code));
  return refused ? new LogImportError('not_equal', error.message, [], { cause: error }) : undefined;
}

async function lockEmptyLog(client: pg.Client): Promise<void> {
  await client.query(`set local lock_timeout = '10s'; set local statement_timeout = 0`);
  await takeSetupLock(client, 10_000);
  // The appenders' lock, alone: they wait before they look at anything. Whoever reads sees an empty log until the end.
  await client.query('select pg_advisory_xact_lock(1463900525, 1)');
  await client.query('lock table waymark.events in exclusive mode');
  const { rows } = await client.query<{ filled: boolean }>('select exists (select from waymark.events) as filled');
  if (rows[0]?.filled) throw new LogImportError('store_not_empty', 'the log holds events already');
}

// Not undone by a rollback, and need not be: positions that are left out harm nobody.
const raisePosition = `
  select setval('waymark.event_position', greatest($1::bigint, last_value)) from waymark.event_position`;

interface ProofRow extends EventRow {
  readonly category: string;
  readonly content_hash: string;
}

async function prove(client: pg.Client, { expected, head, onProgress }: LogImport): Promise<LogVerdict> {
  const verifier = new LogVerifier(expected.heads);
  let count = 0;
  for await (const rows of pagesOf<ProofRow>(client, 'select * from waymark.events order by position')) {
    for (const row of rows) {
      const event = asStoredRow(row);
      verifier.add(event);
      if (
        row.content_hash !== `\\x${contentHash(event).toString('hex')}` ||
        !event.stream.startsWith(`${row.category}-`)
      ) {
        throw new LogImportError('not_equal', `position ${event.position} has not been stored as it was handed over`);
      }
    }
    count += rows.length;
    onProgress?.('proof', count);
  }
  const verdict = verifier.finish();
  const { intact, events, streams, digest, lastPosition = 0n, faulty } = verdict;
  if (!intact) throw new LogImportError('not_equal', `${faulty} streams are not as expected`, verdict.faults);
  const equal = events === expected.events && streams === expected.heads.size && digest === expected.digest;
  if (!equal || lastPosition > head) {
    throw new LogImportError('not_equal', `${events} events in ${streams} streams with digest ${digest} came in`);
  }
  return verdict;
}

async function* pagesOf<Row extends object>(client: pg.Client, select: string): AsyncGenerator<readonly Row[]> {
  await client.query(`declare proof no scroll cursor for ${select}`);
  for (;;) {
    const { rows } = await client.query<Row>({ text: `fetch ${proofPage} from proof`, types: asText });
    if (rows.length === 0) break;
    yield rows;
  }
  await client.query('close proof');
}
