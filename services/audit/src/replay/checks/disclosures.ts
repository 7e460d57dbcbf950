import { type ConsentsThen, evolveConsents, statusAt } from '../consent-then.js';
import type { Fact } from '../fact.js';
import { objectIn, textIn, textsIn } from '../fields.js';
import { linkedIds } from '../linked-ids.js';
import { evolveNos, type NosThen, standsAgainst } from '../no-then.js';
import { endedByClient, evolveOverrides, hasExpired, type OverridesThen } from '../override-then.js';
import { areCovered, covers, type Scope } from '../scope.js';
import { examine, type Examined, type Fault } from './finding.js';

/**
 * No disclosure without consent, or without an override that two persons decided on. Judged at the very revision at which it was recorded: the client's stream alone says what came
 * first, the consent, its withdrawal or the disclosure.
 */
export function disclosuresUnderConsent(facts: readonly Fact[]): Examined {
  const consentsOf = new Map<string, ConsentsThen>();
  const overridesOf = new Map<string, OverridesThen>();
  const faults = new Map<Fact, Fault | undefined>();
  for (const fact of facts.filter(({ category }) => category === 'consent')) {
    const consents: ConsentsThen = consentsOf.get(fact.stream) ?? new Map();
    const overrides: OverridesThen = overridesOf.get(fact.stream) ?? new Map();
    if (fact.type === 'DisclosureRecorded')
      faults.set(fact, 'override' in fact.data ? overrideFault(fact, overrides) : consentFault(fact, consents));
    overridesOf.set(fact.stream, evolveOverrides(overrides, fact));
    consentsOf.set(fact.stream, evolveConsents(consents, fact) ?? consents);
  }
  return examine([...faults.keys()], (disclosure) => faults.get(disclosure));
}

function consentFault({ data, occurredAt }: Fact, consents: ConsentsThen): Fault | undefined {
  const consent = consents.get(textIn(data, 'consentId') ?? '');
  if (!consent) return 'consent_unknown';
  const status = statusAt(consent, Date.parse(occurredAt));
  if (status === 'withdrawn') return 'consent_withdrawn';
  if (status === 'expired') return 'consent_expired';
  return covers(consent, scopeIn(data)) ? undefined : 'consent_does_not_cover';
}

/** Two persons, the scope, and the time; and a vital interest holds only while the client has not decided themself. */
function overrideFault({ data, occurredAt }: Fact, overrides: OverridesThen): Fault | undefined {
  const cited = objectIn(data, 'override');
  const override = overrides.get(textIn(cited, 'overrideId') ?? '');
  if (!override) return 'override_unknown';
  if (override.approvedBy === undefined) return 'override_not_approved';
  const asCited =
    override.requestedBy === textIn(cited, 'requestedBy') &&
    override.approvedBy === textIn(cited, 'approvedBy') &&
    override.legalBasis === textIn(cited, 'legalBasis');
  if (!asCited) return 'override_cited_wrongly';
  if (override.revoked) return 'override_revoked';
  if (endedByClient(override)) return 'override_ended_by_client';
  if (hasExpired(override, Date.parse(occurredAt))) return 'override_expired';
  return covers(override, scopeIn(data)) ? undefined : 'override_does_not_cover';
}

const scopeIn = (data: Fact['data']): Scope => ({
  recipient: textIn(data, 'recipient'),
  purpose: textIn(data, 'purpose'),
  categories: textsIn(data, 'categories'),
});

/** Every override that was approved had been asked for, by somebody else; against a no of the client both have said why they cannot be asked. */
export function overridesByTwoPersons(facts: readonly Fact[]): Examined {
  const requests = new Map(facts.filter(({ type }) => type === 'OverrideRequested').map((fact) => [fact.id, fact]));
  const nosAt = nosBefore(facts);
  return examine(
    facts.filter(({ type }) => type === 'OverrideApproved'),
    (approval) => {
      const request = requests.get(textIn(approval.data, 'overrideId') ?? '');
      if (!request || request.stream !== approval.stream || request.position > approval.position)
        return 'override_unknown';
      const sameOne = textIn(request.data, 'requestedBy') === textIn(approval.data, 'approvedBy');
      if (sameOne) return 'approved_by_requester';
      return isAgainstANo(request, approval, nosAt.get(approval) ?? []) ? 'approved_against_a_no' : undefined;
    },
  );
}

/** Of requests in their first version nobody was asked why. */
const isAgainstANo = (request: Fact, approval: Fact, nos: NosThen): boolean =>
  request.schemaVersion > 1 &&
  textIn(request.data, 'legalBasis') === 'vital_interest' &&
  standsAgainst(nos, scopeIn(request.data)) &&
  (textIn(request.data, 'cannotBeAsked') === undefined ||
    textIn(request.data, 'cannotBeAsked') !== textIn(approval.data, 'cannotBeAsked'));

/** What the client had said no to, in the same stream, when each approval was given. */
function nosBefore(facts: readonly Fact[]): ReadonlyMap<Fact, NosThen> {
  const [nosOf, before] = [new Map<string, NosThen>(), new Map<Fact, NosThen>()];
  for (const fact of facts.filter(({ category }) => category === 'consent')) {
    const nos = nosOf.get(fact.stream) ?? [];
    if (fact.type === 'OverrideApproved') before.set(fact, nos);
    nosOf.set(fact.stream, evolveNos(nos, fact));
  }
  return before;
}

/** What each use of a disclosure is called by the consent service. */
const acts: Readonly<Record<string, string>> = { ReferralSent: 'send', ReferralPackageOpened: 'open' };

/** Every sending and every opening cites a disclosure of its own: the same client's, recorded before, for this and no other use. */
export function referralsCiteDisclosures(facts: readonly Fact[]): Examined {
  const disclosures = new Map(facts.filter(({ type }) => type === 'DisclosureRecorded').map((fact) => [fact.id, fact]));
  const cited = new Set<string>();
  const isOfSameClient = samePerson(facts);
  return examine(
    facts.filter(({ category, type }) => category === 'referral' && type in acts),
    (use) => {
      const disclosureId = textIn(use.data, 'disclosureId');
      if (disclosureId === undefined) return 'disclosure_not_cited';
      const disclosure = disclosures.get(disclosureId);
      if (!disclosure || disclosure.position > use.position || !isOfSameClient(disclosure, use))
        return 'disclosure_unknown';
      if (!isFor(disclosure, use)) return 'disclosure_does_not_cover';
      if (cited.has(disclosureId)) return 'disclosure_cited_twice';
      cited.add(disclosureId);
      return undefined;
    },
  );
}

/** Whether a disclosure lies with the client of its use, or with another id of theirs, known as such when it was recorded. */
function samePerson(facts: readonly Fact[]): (disclosure: Fact, use: Fact) => boolean {
  const links = facts.filter(({ type }) => type === 'ClientsLinked');
  return (disclosure, use) => {
    const before = links.filter(({ position }) => position < disclosure.position);
    return linkedIds(before, textIn(use.data, 'clientId') ?? '').some((id) => disclosure.stream === `consent-${id}`);
  };
}

const isFor = ({ data }: Fact, use: Fact): boolean =>
  textIn(data, 'recipient') === textIn(use.data, 'unit') &&
  textIn(data, 'purpose') === textIn(use.data, 'purpose') &&
  textIn(data, 'reference') === use.subject &&
  textIn(data, 'act') === acts[use.type] &&
  textIn(data, 'consentId') === textIn(use.data, 'consentId') &&
  textIn(objectIn(data, 'override'), 'overrideId') === textIn(use.data, 'overrideId') &&
  areCovered(textsIn(use.data, 'categories'), textsIn(data, 'categories'));
