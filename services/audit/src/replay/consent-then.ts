import type { Fact } from './fact.js';
import { textIn, textsIn } from './fields.js';

export type ConsentStatusThen = 'in_force' | 'withdrawn' | 'expired';

export interface ConsentThen {
  readonly consentId: string;
  readonly recipient: string;
  readonly purpose: string;
  readonly categories: readonly string[];
  readonly givenAt: string;
  readonly validUntil?: string;
  readonly withdrawnAt?: string;
  readonly expired: boolean;
  /** How often a disclosure was made under it. */
  readonly disclosures: number;
}

export type ConsentsThen = ReadonlyMap<string, ConsentThen>;

/** Whether it allowed anything at a moment: an end that has come counts, with or without an event that says so. */
export function statusAt({ withdrawnAt, expired, validUntil }: ConsentThen, moment: number): ConsentStatusThen {
  if (withdrawnAt !== undefined) return 'withdrawn';
  return expired || (validUntil !== undefined && Date.parse(validUntil) <= moment) ? 'expired' : 'in_force';
}

/** Undefined for a type that audit does not interpret. A consent is known by the id of the event that gave it. */
export function evolveConsents(consents: ConsentsThen, fact: Fact): ConsentsThen | undefined {
  const { type, data, id } = fact;
  switch (type) {
    case 'ConsentGiven':
      return new Map(consents).set(id, {
        consentId: id,
        recipient: textIn(data, 'recipient') ?? 'unknown',
        purpose: textIn(data, 'purpose') ?? 'unknown',
        categories: textsIn(data, 'categories'),
        givenAt: textIn(data, 'givenAt') ?? fact.occurredAt,
        validUntil: textIn(data, 'validUntil'),
        expired: false,
        disclosures: 0,
      });
    case 'ConsentWithdrawn':
      return changed(consents, data, () => ({ withdrawnAt: textIn(data, 'withdrawnAt') ?? fact.occurredAt }));
    case 'ConsentExpired':
      return changed(consents, data, () => ({ expired: true }));
    case 'DisclosureRecorded':
      return changed(consents, data, ({ disclosures }) => ({ disclosures: disclosures + 1 }));
    case 'ClientsLinked':
    case 'ClientLinkAnswered':
    case 'SuspensionsRequested':
    case 'ConsentRefused':
    case 'OverrideRequested':
    case 'OverrideApproved':
    case 'OverrideDeclined':
    case 'OverrideRevoked':
    case 'InformingOfOverrideDelayed':
    case 'ClientInformedOfOverride':
    case 'OverrideEndedByClient':
    case 'OverrideExpired':
    case 'ErasureRequested':
    case 'ErasureRequestWithdrawn':
    case 'ErasureDeclined':
    case 'ErasureRequestLapsed':
    case 'ErasureDemanded':
    case 'LegalHoldPlaced':
    case 'LegalHoldLifted':
    case 'ReporterErasureAdmitted':
    case 'ErasureApproved':
    case 'ContextErased':
    case 'ErasureCompleted':
    case 'DisclosureRefused':
      return consents;
    default:
      return undefined;
  }
}

function changed(
  consents: ConsentsThen,
  data: Fact['data'],
  change: (consent: ConsentThen) => Partial<ConsentThen>,
): ConsentsThen {
  const consent = consents.get(textIn(data, 'consentId') ?? '');
  return consent ? new Map(consents).set(consent.consentId, { ...consent, ...change(consent) }) : consents;
}
