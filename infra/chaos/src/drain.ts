import { setTimeout as pause } from 'node:timers/promises';
import { isWhole } from '@waymark/processes';
import { randomFrom } from '@waymark/testing';
import type { Account, ReceiptAccount } from './checker/account.js';
import { gather, judge, type Whereabouts } from './checker/check.js';
import type { Evidence } from './checker/evidence.js';
import type { Finding } from './checker/finding.js';
import { showReceipts } from './checker/show-receipts.js';
import type { Platform } from './platform/platform.js';

export interface Drained {
  readonly findings: readonly Finding[];
  readonly evidence: Evidence;
  /** Seconds until nothing was found any more; undefined when the time ended before that. */
  readonly drainedIn: number | undefined;
}

/** Receipts take the time of a slow hash each. */
const mostReceipts = 40;

export const whereaboutsOf = ({ databaseUrl, servers }: Platform): Whereabouts => ({
  eventsUrl: databaseUrl('events'),
  databaseUrl,
  brokers: servers.brokers,
});

/**
 * Waits until every service is ready and the checker finds nothing, or until the time is over: then what it finds stays found. What
 * is lost, done twice or out of order does not mend by waiting, so looking again hides nothing.
 */
export async function drain(
  platform: Platform,
  account: Account,
  seed: number,
  withinMs: number,
  onProgress: (line: string) => void,
): Promise<Drained> {
  const begun = performance.now();
  const seconds = (): number => Math.round((performance.now() - begun) / 1_000);
  let findings: readonly Finding[] = [];
  let evidence: Evidence | undefined;
  for (;;) {
    const ready = await allReady(platform);
    evidence = await gather(whereaboutsOf(platform));
    findings = judge(account, evidence);
    const late = performance.now() - begun > withinMs;
    onProgress(`${seconds()} s: ${ready ? 'all ready' : 'not all ready'}, ${findings.length} findings`);
    if ((ready && findings.length === 0) || late) break;
    await pause(2_000);
  }
  const drainedIn = findings.length === 0 ? seconds() : undefined;
  const receipts = await showReceipts(sample(account.receipts, seed), {
    intakeUrl: platform.processes.urlOf('intake'),
    consentUrl: platform.processes.urlOf('consent'),
  });
  // Showing receipts reads, and reads are noted in the log: everything else is judged as it was before.
  const complete = { ...evidence, receipts };
  return { findings: judge(account, complete), evidence: complete, drainedIn };
}

async function allReady({ instances, processes }: Platform): Promise<boolean> {
  const asked = instances.map((name) =>
    fetch(`${processes.urlOf(name)}/health/ready`, { signal: AbortSignal.timeout(5_000) }).then(
      async (answer) => answer.ok && (await isWhole(answer)),
      () => false,
    ),
  );
  return (await Promise.all(asked)).every(Boolean);
}

function sample(receipts: readonly ReceiptAccount[], seed: number): readonly ReceiptAccount[] {
  const random = randomFrom(seed - 3);
  const left = [...receipts];
  while (left.length > mostReceipts) left.splice(random.upTo(left.length), 1);
  return left;
}
