import { countsOf, promises } from './checker/finding.js';
import { describe } from './faults/fault.js';
import type { ChaosReport } from './run-chaos.js';

const mostShown = 40;

/** The report for a terminal. */
export function linesOf(report: ChaosReport): readonly string[] {
  const { timeline, restarts, book, findings, evidence, drainedIn } = report;
  const counts = countsOf(findings);
  const records = [...evidence.topics.values()].reduce((sum, of) => sum + of.length, 0);
  const numbers = (title: string, entries: Iterable<readonly [string, string | number]>): readonly string[] => {
    const lines = [...entries].map(([name, number]) => `  ${name}: ${number}`);
    return lines.length === 0 ? [] : ['', title, ...lines];
  };
  return [
    '',
    'timeline, in seconds',
    ...timeline.map(
      ({ from, to, fault }) => `  ${from.toFixed(1).padStart(7)} to ${to.toFixed(1)}  ${describe(fault)}`,
    ),
    ...numbers('faults', kindsOf(report)),
    ...numbers('processes started again', Object.entries(restarts).toSorted()),
    ...numbers('load', [
      ['matters begun', book.mattersBegun],
      ['played to their end', book.mattersEnded],
      ['commands acknowledged', book.count('acknowledged')],
      ['refused', book.count('refused')],
      ['without an answer', book.count('unknown')],
      ['attempts again', book.retries],
    ]),
    ...numbers('refusals, by command, status and code', book.refusals),
    ...numbers('looked at', [
      ['events', evidence.log.length],
      ['records on topics', records],
      ['receipts shown', evidence.receipts.length],
    ]),
    '',
    drainedIn === undefined ? 'the platform did NOT come to rest' : `at rest after ${drainedIn} s`,
    ...book.scriptFaults.map((fault) => `the load's script failed: ${fault}`),
    ...numbers(
      'promises broken',
      promises.map((promise) => [promise, counts[promise]]),
    ),
    ...findings.slice(0, mostShown).map(({ promise, what }) => `BROKEN ${promise}: ${what}`),
    ...(findings.length > mostShown ? [`and ${findings.length - mostShown} more`] : []),
  ];
}

/** The report for a file. */
export const jsonOf = (report: ChaosReport): object => ({
  seed: report.seed,
  seconds: report.seconds,
  ok: isClean(report),
  drainedIn: report.drainedIn ?? null,
  counts: countsOf(report.findings),
  findings: report.findings,
  faults: Object.fromEntries(kindsOf(report)),
  timeline: report.timeline,
  restarts: report.restarts,
  load: {
    mattersBegun: report.book.mattersBegun,
    mattersEnded: report.book.mattersEnded,
    acknowledged: report.book.count('acknowledged'),
    refused: report.book.count('refused'),
    unknown: report.book.count('unknown'),
    retries: report.book.retries,
    refusals: Object.fromEntries(report.book.refusals),
    scriptFaults: report.book.scriptFaults,
  },
  events: report.evidence.log.length,
  receiptsShown: report.evidence.receipts.length,
});

/** Whether every promise held, the platform came to rest, and the load was what it was meant to be. */
export const isClean = ({ findings, drainedIn, book }: ChaosReport): boolean =>
  findings.length === 0 && drainedIn !== undefined && book.scriptFaults.length === 0;

function kindsOf({ timeline }: ChaosReport): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const { fault } of timeline) counts.set(fault.kind, (counts.get(fault.kind) ?? 0) + 1);
  return [...counts].toSorted();
}
