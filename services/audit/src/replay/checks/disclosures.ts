import { type ConsentsThen, evolveConsents, statusAt } from '../consent-then.js';
import type { Fact } from '../fact.js';
import { textIn, textsIn } from '../fields.js';
import { examine, type Examined, type Fault } from './finding.js';

/**
 * No disclosure without consent. Judged at the very revision at which it was recorded: the client's stream alone says what came
 * first, the consent, its withdrawal or the disclosure.
 */
export function disclosuresUnderConsent(facts: readonly Fact[]): Examined {
  const consentsOf = new Map<string, ConsentsThen>();
  const faults = new Map<Fact, Fault | undefined>();
  for (const fact of facts.filter(({ category }) => category === 'consent')) {
    const consents: ConsentsThen = consentsOf.get(fact.stream) ?? new Map();
    if (fact.type === 'DisclosureRecorded') faults.set(fact, consentFault(fact, consents));
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
  const covered =
    consent.recipient === textIn(data, 'recipient') &&
    consent.purpose === textIn(data, 'purpose') &&
    isCovered(textsIn(data, 'categories'), consent.categories);
  return covered ? undefined : 'consent_does_not_cover';
}

const isCovered = (wanted: readonly string[], allowed: readonly string[]): boolean =>
  wanted.length > 0 && wanted.every((category) => allowed.includes(category));

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
    const found = [`consent-${textIn(use.data, 'clientId')}`];
    for (const stream of found)
      for (const link of links)
        if (link.stream === stream && link.position < disclosure.position) {
          const other = `consent-${textIn(link.data, 'linkedClientId')}`;
          if (!found.includes(other)) found.push(other);
        }
    return found.includes(disclosure.stream);
  };
}

const isFor = ({ data }: Fact, use: Fact): boolean =>
  textIn(data, 'recipient') === textIn(use.data, 'unit') &&
  textIn(data, 'purpose') === textIn(use.data, 'purpose') &&
  textIn(data, 'reference') === use.subject &&
  textIn(data, 'act') === acts[use.type] &&
  textIn(data, 'consentId') === textIn(use.data, 'consentId') &&
  isCovered(textsIn(use.data, 'categories'), textsIn(data, 'categories'));
