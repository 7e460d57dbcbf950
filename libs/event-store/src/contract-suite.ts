import { afterAll, beforeAll, describe } from '@jest/globals';
import { describeAppending } from './contract/appending.js';
import type { LogUnderContract } from './contract/log-under-contract.js';
import { describeKeepingExactly } from './contract/keeping-exactly.js';
import { describeLosingTheLine } from './contract/losing-the-line.js';
import { describeReadingBesideWriters } from './contract/reading-beside-writers.js';
import { describeReading } from './contract/reading.js';
import { describeRefusing } from './contract/refusing.js';
import { describeSubscribing } from './contract/subscribing.js';

export {
  contractCategories,
  type ContractCategory,
  type LogOverLine,
  type LogUnderContract,
  type Weakness,
} from './contract/log-under-contract.js';

/**
 * The promises of the port as tests that every adapter has to pass, and all that a new adapter needs to know.
 *
 * To add an adapter: implement `EventStore` (port.ts); take validation.ts for names, limits and what is refused before anything
 * is sent, and chain.ts for the hashes; then write a spec that calls this function once, as postgres/contract.spec.ts does. The
 * log must be a real one, or the adapter's documentation say what plays it. `open` is called once, before the first test, and
 * answers what `LogUnderContract` asks for:
 * - `store`: may append to the three `contractCategories` and read the whole log.
 * - `another()`: a further store on the same log, sharing nothing with the first but the log, as another process would.
 * - `restrictedTo(categories)`: a store that may append to and read these categories and no others.
 * - `overLine(categories?)`: a store that reaches the log through a `FaultProxy` (libs/testing) put before the log's address.
 * - `weaknesses`: what the kind of log cannot do, if anything; the tests then expect what it must do instead.
 * - `close()`: ends all of it.
 *
 * The log may hold events already, and keeps what the tests append; nobody else may write to it meanwhile. Every test uses
 * streams of its own and reads from where the log ended before.
 *
 * What the groups promise:
 * - appending: revisions count from 0 without holes; `none`, `exists`, `any` and a number mean what the port says; one winner
 *   for each revision among 64 writers, and the others are told the actual one; the same ids again give the first answer,
 *   marked as repeated, before any revision is compared; a batch known in part, or an id of another stream, is refused whole.
 * - reading: what comes back is byte for byte what went in, chained; forwards, backwards, in pages, by category.
 * - keeping exactly or refusing: what JSON would bend or drop is refused with a code and stores nothing; all else is kept.
 * - reading beside writers: a batch appears whole; all readers see one order, in which each stream rises; pauses, slow
 *   neighbours and leaving in the middle change nothing.
 * - subscribing: catches up, then follows, each event once; ends when told to, or with its store.
 * - losing the line: no acknowledged event is lost and none is stored twice, wherever the line is cut; calls are told
 *   `unavailable` and may be made again; subscriptions go on by themselves where they were.
 * - refusing: names, sizes, events and rights outside the rules, each with its code, leaving nothing behind.
 *
 * What it does not cover, because each log does it its own way, belongs into specs of the adapter: events that become visible
 * out of order (postgres/late-commits.spec.ts), faults at random over a long time (postgres/random-faults.spec.ts), what a role
 * can try beside the port (postgres/roles.spec.ts), tampering (postgres/tampering.spec.ts), set-up and versions
 * (postgres/migrate.spec.ts).
 */
export function describeEventStoreContract(name: string, open: () => Promise<LogUnderContract>): void {
  describe(`the event store contract: ${name}`, () => {
    let log: LogUnderContract;
    beforeAll(async () => {
      log = await open();
    });
    afterAll(() => log.close());
    const opened = (): LogUnderContract => log;

    describeAppending(opened);
    describeReading(opened);
    describeKeepingExactly(opened);
    describeReadingBesideWriters(opened);
    describeSubscribing(opened);
    describeLosingTheLine(opened);
    describeRefusing(opened);
  });
}
