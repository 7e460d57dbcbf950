import { aggregatesOf, grouped, idOf, list, text, type LoggedEvent } from './evidence.js';
import type { Finding } from './finding.js';

/** What takes several steps: which event it follows from, and what that is about. */
const causes: Readonly<Record<string, (event: LoggedEvent) => string>> = {
  ConcernAccepted: idOf,
  ConsentWithdrawn: ({ data }) => text(data, 'consentId'),
  OverrideRevoked: ({ data }) => text(data, 'overrideId'),
  OverrideEndedByClient: ({ data }) => text(data, 'overrideId'),
  OverrideExpired: ({ data }) => text(data, 'overrideId'),
  SuspensionsRequested: ({ data }) => text(data, 'consentId'),
  ConcernLinkedToClient: ({ data }) => text(data, 'linkId'),
  ErasureApproved: ({ data }) => text(data, 'erasureId'),
};

/** Each process was started once and led to its end, and each withdrawal was answered for by every referral it had to reach. */
export const checkProcesses = (log: readonly LoggedEvent[]): readonly Finding[] => [
  ...checkEnds(log),
  ...checkWithdrawals(log),
];

function checkEnds(log: readonly LoggedEvent[]): readonly Finding[] {
  const due = new Set(log.flatMap((event) => causes[event.type]?.(event) ?? []));
  const processes = ['intake_process', 'consent_process'].flatMap((category) => [...aggregatesOf(log, category)]);
  const led = grouped(processes, ([, events]) => text(events[0]?.data, 'about'));
  const finding = (promise: Finding['promise'], what: string): Finding => ({ promise, what });
  const missing = [...due]
    .filter((about) => !led.has(about))
    .map((about) => finding('effects missing', `no process about ${about}`));
  const wrong = [...led].flatMap(([about, streams]) => [
    ...(due.has(about) ? [] : [finding('effects of nobody', `a process about ${about} that nothing started`)]),
    ...(streams.length > 1 ? [finding('effects twice', `${streams.length} processes about ${about}`)] : []),
    ...streams.flatMap(([process, events]) => {
      const ends = events.filter(({ type }) => type === 'ProcessCompleted').length;
      if (ends === 1) return [];
      return [finding(ends === 0 ? 'effects missing' : 'effects twice', `process ${process} ended ${ends} times`)];
    }),
  ]);
  return [...missing, ...wrong];
}

/** As often as a referral was asked about a withdrawal, or the erasure of its client, it has answered. */
function checkWithdrawals(log: readonly LoggedEvent[]): readonly Finding[] {
  const ofType = (type: string): readonly LoggedEvent[] => log.filter((event) => event.type === type);
  const name = (consent: string, referral: string): string => `${consent} at referral ${referral}`;
  const withdrawn = new Set(ofType('ConsentWithdrawn').map(({ data }) => text(data, 'consentId')));
  const erased = new Set(ofType('ErasureApproved').map(idOf));
  const sendings = ofType('DisclosureRecorded').filter(
    (event) =>
      text(event.data, 'act') === 'send' &&
      (withdrawn.has(text(event.data, 'consentId')) || (erased.has(idOf(event)) && 'consentId' in event.data)),
  );
  const must = new Set(sendings.map(({ data }) => name(text(data, 'consentId'), text(data, 'reference'))));
  const asked = grouped(
    ofType('SuspensionsRequested').flatMap(({ data }) =>
      list(data, 'referralIds').map((referral) => name(text(data, 'consentId'), referral)),
    ),
    (each) => each,
  );
  const answered = grouped(ofType('WithdrawalApplied'), (event) => name(text(event.data, 'consentId'), idOf(event)));
  return [...new Set([...must, ...asked.keys(), ...answered.keys()])].flatMap((each): readonly Finding[] => {
    const [questions, answers] = [asked.get(each)?.length ?? 0, answered.get(each)?.length ?? 0];
    if (must.has(each) && questions > 0 && answers === questions) return [];
    const promise = !must.has(each) ? 'effects of nobody' : answers > questions ? 'effects twice' : 'effects missing';
    return [{ promise, what: `withdrawal of ${each}: asked ${questions} times, answered ${answers} times` }];
  });
}
