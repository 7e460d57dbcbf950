import { idOf, text, type LoggedEvent, type ReceiptShown } from './evidence.js';
import type { Finding } from './finding.js';

/** Receipts that did not open their concern, and ledgers that are not what the log says of the client's disclosures. */
export function checkReceipts(log: readonly LoggedEvent[], receipts: readonly ReceiptShown[]): readonly Finding[] {
  return receipts.flatMap(({ concernId, fault, ledger }) => [
    ...(fault === undefined
      ? []
      : [{ promise: 'receipts that do not open', what: `concern ${concernId}: ${fault}` } as const]),
    ...(ledger === undefined || ledger.join() === disclosuresAbout(log, concernId).join()
      ? []
      : [{ promise: 'views different from a fresh fold', what: `ledger behind the receipt of ${concernId}` } as const]),
  ]);
}

/** What was disclosed about the client of a concern, the newest first. */
function disclosuresAbout(log: readonly LoggedEvent[], concernId: string): readonly string[] {
  const submitted = log.find((event) => event.type === 'ConcernSubmitted' && idOf(event) === concernId);
  const client = text(submitted?.data, 'clientId');
  return log
    .filter((event) => event.type === 'DisclosureRecorded' && idOf(event) === client)
    .map(({ data }) => text(data, 'disclosureId'))
    .reverse();
}
