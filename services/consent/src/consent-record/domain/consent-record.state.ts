import type { ConsentStatus, WithdrawalWay } from '@waymark/contracts';
import { type Instant, isBefore } from '@waymark/event-sourcing';
import { evolveNos } from './client-no.js';
import type { ConsentEvent } from './consent-record.events.js';
import { type Erasing, evolveErasing, notedAsThere } from './erasure.state.js';
import { clientDecidedAbout, evolveOverriding, type Overriding } from './override.state.js';
import { contradicts, type Scope } from './scope.js';

type Given = Extract<ConsentEvent, { type: 'ConsentGiven' }>['data'];

/** One grant and what became of it. */
export interface Consent extends Given {
  readonly withdrawal?: { readonly at: Instant; readonly way: WithdrawalWay };
  readonly expired: boolean;
}

/**
 * All that a client has consented to, in the order in which they did. Disclosures stand in the log, not here, but for what they say
 * of a withdrawal: which referrals may have gone out under the consent.
 */
export interface ConsentRecord extends Erasing, Overriding {
  /** Absent until the client was first asked. */
  readonly clientId?: string;
  readonly consents: readonly Consent[];
  /** Other ids of the same person. */
  readonly linked: readonly string[];
  /** `under`: the consent, or the override. */
  readonly sendings: readonly { readonly under: string; readonly referralId: string }[];
}

export const nothingConsented: ConsentRecord = {
  consents: [],
  linked: [],
  sendings: [],
  holds: [],
  admitted: [],
  overrides: [],
  nos: [],
};

/** Withdrawn counts at once, expired by the time of the decision: nobody waits for the clock's event. */
export function statusOf(consent: Consent, now: Instant): ConsentStatus {
  if (consent.withdrawal) return 'withdrawn';
  return consent.expired || !isBefore(now, consent.validUntil) ? 'expired' : 'in_force';
}

export const consentOf = (record: ConsentRecord, consentId: string): Consent | undefined =>
  record.consents.find((consent) => consent.consentId === consentId);

/** Consents in force that a refusal contradicts. One that has run out or was withdrawn allows nothing any more. */
export const contradictedBy = (refused: Scope, { consents }: ConsentRecord, now: Instant): readonly Consent[] =>
  consents.filter((consent) => contradicts(refused, consent) && statusOf(consent, now) === 'in_force');

/** Each referral that may have gone out under a consent or an override. After its end there are no more of them: nothing is authorised. */
export const referralsUnder = ({ sendings }: ConsentRecord, allowedBy: string): readonly string[] => [
  ...new Set(sendings.filter(({ under }) => under === allowedBy).map(({ referralId }) => referralId)),
];

/** What happens with a person who is there; not what clocks, services and those who erase or keep them do. */
const ofThePerson: ReadonlySet<ConsentEvent['type']> = new Set([
  ...(['ConsentGiven', 'ConsentRefused', 'ConsentWithdrawn', 'ClientsLinked', 'DisclosureRecorded'] as const),
  ...(['OverrideRequested', 'OverrideApproved', 'ClientInformedOfOverride'] as const),
]);

export const tellsOfThePerson = ({ type }: ConsentEvent): boolean => ofThePerson.has(type);

export function evolve(record: ConsentRecord, event: ConsentEvent): ConsentRecord {
  const evolved = { ...evolveBy(record, event), nos: evolveNos(record.nos, event, (no) => no) };
  return tellsOfThePerson(event) ? notedAsThere(evolved) : evolved;
}

function evolveBy(record: ConsentRecord, event: ConsentEvent): ConsentRecord {
  switch (event.type) {
    case 'ConsentGiven':
      return {
        ...record,
        clientId: event.data.clientId,
        consents: [...record.consents, { ...event.data, expired: false }],
        overrides: clientDecidedAbout(record.overrides, event.data),
      };
    case 'ConsentRefused':
      return {
        ...record,
        clientId: event.data.clientId,
        overrides: clientDecidedAbout(record.overrides, event.data),
      };
    case 'ConsentWithdrawn': {
      const { consentId, withdrawnAt, way } = event.data;
      const overrides = clientDecidedAbout(record.overrides, event.data);
      return changed({ ...record, overrides }, consentId, (consent) => ({
        ...consent,
        withdrawal: { at: withdrawnAt, way },
      }));
    }
    case 'ConsentExpired':
      return changed(record, event.data.consentId, (consent) => ({ ...consent, expired: true }));
    case 'DisclosureRecorded': {
      const { act, consentId, override, reference: referralId } = event.data;
      const under = consentId ?? override?.overrideId;
      return act === 'send' && under !== undefined
        ? { ...record, sendings: [...record.sendings, { under, referralId }] }
        : record;
    }
    case 'ClientsLinked':
      return { ...record, clientId: event.data.clientId, linked: [...record.linked, event.data.linkedClientId] };
    case 'ClientLinkAnswered':
      return { ...record, clientId: event.data.clientId };
    case 'SuspensionsRequested':
    case 'DisclosureRefused':
      return record;
    case 'OverrideRequested':
    case 'OverrideApproved':
    case 'OverrideDeclined':
    case 'OverrideRevoked':
    case 'InformingOfOverrideDelayed':
    case 'ClientInformedOfOverride':
    case 'OverrideEndedByClient':
    case 'OverrideExpired':
      return evolveOverriding({ ...record, clientId: event.data.clientId }, event);
    case 'ReporterErasureAdmitted':
      return evolveErasing(record, event);
    case 'ErasureRequested':
    case 'ErasureRequestWithdrawn':
    case 'ErasureDeclined':
    case 'ErasureRequestLapsed':
    case 'ErasureDemanded':
    case 'LegalHoldPlaced':
    case 'LegalHoldLifted':
    case 'ErasureApproved':
    case 'ContextErased':
    case 'ErasureCompleted':
      return evolveErasing({ ...record, clientId: event.data.clientId }, event);
  }
}

const changed = (record: ConsentRecord, consentId: string, change: (consent: Consent) => Consent): ConsentRecord => ({
  ...record,
  consents: record.consents.map((consent) => (consent.consentId === consentId ? change(consent) : consent)),
});
