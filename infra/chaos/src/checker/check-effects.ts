import { aggregatesOf, grouped, idOf, object, text, type LoggedEvent, type Published } from './evidence.js';
import type { BrokenPromise, Finding } from './finding.js';

/** What follows from what, from one service to another, by the ids that the events carry. */
export function checkEffects(
  log: readonly LoggedEvent[],
  topics: ReadonlyMap<string, readonly Published[]>,
): readonly Finding[] {
  return [
    ...checkCases(log),
    ...checkReceiptUpgrades(log),
    ...checkFacts(log, topics),
    ...checkDisclosures(log),
    ...checkSuspensions(log),
    ...checkErasures(log),
  ];
}

const ofType = (log: readonly LoggedEvent[], ...types: readonly string[]): readonly LoggedEvent[] =>
  log.filter(({ type }) => types.includes(type));

/** As many as there must be, or a finding of the kind that fits. */
function exactly(
  due: number,
  found: number,
  what: string,
  beyond: BrokenPromise = 'effects twice',
): readonly Finding[] {
  if (found === due) return [];
  const promise = found < due ? 'effects missing' : due === 0 ? 'effects of nobody' : beyond;
  return [{ promise, what: `${what}: ${found} instead of ${due}` }];
}

function checkCases(log: readonly LoggedEvent[]): readonly Finding[] {
  const opened = grouped(ofType(log, 'CaseOpened'), ({ data }) => text(data, 'concernId'));
  const erased = new Set(ofType(log, 'ErasureApproved').map(idOf));
  const accepted = new Set(ofType(log, 'ConcernAccepted').map(idOf));
  // For a client who was erased before the acceptance was heard of there is none.
  const free = new Set(
    ofType(log, 'ConcernAccepted').flatMap((event) => (erased.has(text(event.data, 'clientId')) ? [idOf(event)] : [])),
  );
  const without = (concern: string): boolean => free.has(concern) && !opened.has(concern);
  return [...new Set([...accepted, ...opened.keys()])].flatMap((concern) =>
    exactly(
      accepted.has(concern) && !without(concern) ? 1 : 0,
      opened.get(concern)?.length ?? 0,
      `cases of concern ${concern}`,
    ),
  );
}

/** An affected reporter's receipt becomes a client receipt when the case opens. */
function checkReceiptUpgrades(log: readonly LoggedEvent[]): readonly Finding[] {
  const withCase = new Set(ofType(log, 'CaseOpened').map(({ data }) => text(data, 'concernId')));
  return [...aggregatesOf(log, 'concern')].flatMap(([concern, events]) => {
    const submitted = events.find(({ type }) => type === 'ConcernSubmitted');
    const affected = text(submitted?.data, 'reporterId') === text(submitted?.data, 'clientId');
    const scopes = ofType(events, 'ReceiptIssued').map(({ data }) => text(data, 'scope'));
    const due = affected && withCase.has(concern) && scopes.includes('reporter');
    return exactly(due ? 1 : 0, ofType(events, 'ReceiptUpgraded').length, `upgraded receipts of concern ${concern}`);
  });
}

const monthOf = ({ metadata }: LoggedEvent): string => text(metadata, 'occurredAt').slice(0, 7);
const contactMonthOf = ({ data }: LoggedEvent): string => text(object(data, 'contact'), 'at').slice(0, 7);
const isDated = ({ data }: LoggedEvent): boolean => text(object(data, 'contact'), 'precision') !== 'unknown';

/** A fact's pseudonym cannot be joined to what it is about: told and received are counted by what the fact says. */
function checkFacts(
  log: readonly LoggedEvent[],
  topics: ReadonlyMap<string, readonly Published[]>,
): readonly Finding[] {
  const contacts = ofType(log, 'ConcernSubmitted').filter(isDated);
  const byChannel = (month: string, { data }: LoggedEvent): string => `${month} ${text(data, 'channel')}`;
  const factMonthOf = ({ data }: LoggedEvent): string => text(data, 'month');
  const moves = ofType(log, 'CaseOpened', 'StageMoved', 'CaseClosed', 'CaseReopened').map(monthOf);
  const sent = ofType(log, 'ReferralSent').map((event) => `${monthOf(event)} ${text(event.data, 'unit')}`);
  const received = ofType(log, 'FactReceived');
  const subjects = new Set((topics.get('waymark.facts') ?? []).map(({ fields }) => text(fields, 'subject')));
  const countedOnce = [...grouped(received, ({ data }) => text(data, 'factId'))].flatMap(([fact, events]) =>
    exactly(subjects.has(fact) ? 1 : 0, events.length, `fact ${fact}`),
  );
  return [
    ...asMany('facts', contacts.map(contactMonthOf), received.map(factMonthOf)),
    ...asMany(
      'facts of responses',
      contacts.map((event) => byChannel(contactMonthOf(event), event)),
      ofType(log, 'ResponseAwaited').map((event) => byChannel(factMonthOf(event), event)),
    ),
    ...asMany('facts of stages', moves, ofType(log, 'CaseStageCounted').map(factMonthOf)),
    ...asMany(
      'facts of referrals',
      sent,
      ofType(log, 'ReferralCounted').map(({ data }) => `${text(data, 'month')} ${text(data, 'unit')}`),
    ),
    ...countedOnce,
  ];
}

/** Of each kind as many as are due. */
function asMany(what: string, told: readonly string[], received: readonly string[]): readonly Finding[] {
  const due = grouped(told, (kind) => kind);
  const found = grouped(received, (kind) => kind);
  return [...new Set([...due.keys(), ...found.keys()])].flatMap((kind) =>
    exactly(due.get(kind)?.length ?? 0, found.get(kind)?.length ?? 0, `${what} of ${kind}`),
  );
}

/** Whatever was sent or opened names a disclosure of the same referral, which names a consent that was in force there and then. */
function checkDisclosures(log: readonly LoggedEvent[]): readonly Finding[] {
  const findings: Finding[] = [];
  const recorded = new Map(ofType(log, 'DisclosureRecorded').map((event) => [text(event.data, 'disclosureId'), event]));
  for (const event of ofType(log, 'ReferralSent', 'ReferralPackageOpened')) {
    const disclosure = recorded.get(text(event.data, 'disclosureId'));
    const same = text(disclosure?.data, 'consentId') === text(event.data, 'consentId');
    if (!disclosure || !same || text(disclosure.data, 'reference') !== idOf(event))
      findings.push({ promise: 'effects missing', what: `${event.type} ${event.id} has no disclosure of its own` });
  }
  const inForce = new Set<string>();
  for (const { type, data, id } of log.filter(({ category }) => category === 'consent')) {
    if (type === 'ConsentGiven') inForce.add(text(data, 'consentId'));
    if (type === 'ConsentWithdrawn' || type === 'ConsentExpired') inForce.delete(text(data, 'consentId'));
    if (type === 'DisclosureRecorded' && !inForce.has(text(data, 'consentId')))
      findings.push({ promise: 'effects of nobody', what: `disclosure ${id} under no consent in force` });
  }
  const sendings = grouped(
    ofType(log, 'DisclosureRecorded').filter(({ data }) => text(data, 'act') === 'send'),
    ({ data, metadata }) => `${text(data, 'reference')} by ${text(metadata, 'correlationId')}`,
  );
  for (const [sending, events] of sendings)
    findings.push(...exactly(1, events.length, `disclosures to send ${sending}`));
  return findings;
}

/** What lives under a consent that was withdrawn, or whose client was erased, is suspended, once, and its unit is told, once. */
function checkSuspensions(log: readonly LoggedEvent[]): readonly Finding[] {
  const erased = new Set(ofType(log, 'ErasureApproved').map(idOf));
  const ended = [
    ...ofType(log, 'ConsentWithdrawn'),
    ...ofType(log, 'ConsentGiven').filter((given) => erased.has(idOf(given))),
  ];
  const noMore = new Set(ended.map(({ data }) => text(data, 'consentId')));
  return [...aggregatesOf(log, 'referral')].flatMap(([referral, events]) => {
    const sent = ofType(events, 'ReferralSent')[0];
    const declined = ofType(events, 'ReferralDeclined').length > 0;
    const suspended = ofType(events, 'ReferralSuspended').length;
    const due = sent && noMore.has(text(sent.data, 'consentId')) && !declined ? 1 : 0;
    return [
      ...exactly(due, suspended, `suspensions of referral ${referral}`),
      ...exactly(due, ofType(events, 'RecipientInformed').length, `notices of referral ${referral}`),
    ];
  });
}

/** Who keeps keys of persons. */
const contexts = ['intake', 'case', 'consent', 'referral'];

/** An approved erasure is carried out by every context as often as it was ordered, counted once, cleared from the concern, and certified. */
function checkErasures(log: readonly LoggedEvent[]): readonly Finding[] {
  const counted = (types: readonly string[], named: (event: LoggedEvent) => boolean): number =>
    ofType(log, ...types).filter(named).length;
  return ofType(log, 'ErasureApproved').flatMap(({ data }) => {
    const [client, erasure] = [text(data, 'clientId'), text(data, 'erasureId')];
    const ofThis = (event: LoggedEvent): boolean => text(event.data, 'erasureId') === erasure;
    const orders = counted(['ErasureApproved', 'ErasureDemanded'], ofThis);
    const concerns = ofType(log, 'ConcernSubmitted').filter((event) => text(event.data, 'clientId') === client);
    return [
      ...contexts.flatMap((context) => [
        ...exactly(
          orders,
          counted(['SubjectErased'], (event) => ofThis(event) && event.category === `${context}_erasure`),
          `notes of ${context} of erasure ${erasure}`,
        ),
        ...exactly(
          1,
          counted(
            ['ContextErased'],
            (event) => ofThis(event) && text(object(event.data, 'erased'), 'context') === context,
          ),
          `answers of ${context} to erasure ${erasure}`,
        ),
      ]),
      ...exactly(1, counted(['ErasureCompleted'], ofThis), `certificates of erasure ${erasure}`),
      ...exactly(concerns.length, counted(['PersonErased'], ofThis), `concerns cleared by erasure ${erasure}`),
    ];
  });
}
