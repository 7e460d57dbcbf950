import type {
  Capacity,
  ConsentForm,
  DataCategory,
  DecisionReason,
  DisclosureAct,
  Purpose,
  Unit,
  WithdrawalWay,
} from '@waymark/contracts';
import type { DomainEvent, EventDeclarations, Instant } from '@waymark/event-sourcing';

/** To whom, why and what: plain in the log, because without it consent could not be proved by replay. */
export interface Scope {
  readonly recipient: Unit;
  readonly purpose: Purpose;
  readonly categories: readonly DataCategory[];
}

/** How the client was asked. It describes the person, so it is sealed. */
export interface Conversation {
  readonly language: string;
  readonly interpreter?: string;
  readonly explained: string;
  readonly capacity: Capacity;
}

/** A disclosure that somebody is about to make. `reference` names what is disclosed, such as a referral. */
export interface Disclosure extends Scope {
  readonly reference: string;
  readonly act: DisclosureAct;
  /** The member of staff who sends or opens. */
  readonly onBehalfOf: string;
}

export type ConsentEvent =
  | DomainEvent<
      'ConsentGiven',
      Scope &
        Conversation & {
          /** The id of this very event: what disclosures cite. */
          readonly consentId: string;
          readonly clientId: string;
          readonly validUntil: Instant;
          readonly givenAt: Instant;
          readonly form: ConsentForm;
          readonly witnessedBy?: string;
          readonly withheld?: string;
        }
    >
  | DomainEvent<'ConsentRefused', Scope & Conversation & { readonly clientId: string; readonly reason?: string }>
  | DomainEvent<
      'ConsentWithdrawn',
      Scope & {
        readonly consentId: string;
        readonly clientId: string;
        readonly way: WithdrawalWay;
        readonly withdrawnAt: Instant;
      }
    >
  | DomainEvent<'ConsentExpired', Scope & { readonly consentId: string; readonly validUntil: Instant }>
  | DomainEvent<
      'DisclosureRecorded',
      Disclosure & {
        /** The id of this very event: what the sending or opening cites. */
        readonly disclosureId: string;
        readonly consentId: string;
      }
    >
  | DomainEvent<'DisclosureRefused', Disclosure & { readonly reason: DecisionReason }>;

const conversation = { language: 'client', interpreter: 'client', explained: 'client', capacity: 'client' } as const;

/** Version of each event, and which fields the client's key seals. */
export const consentEvents: EventDeclarations<ConsentEvent> = {
  ConsentGiven: { version: 1, sealed: { ...conversation, witnessedBy: 'client', withheld: 'client' } },
  ConsentRefused: { version: 1, sealed: { ...conversation, reason: 'client' } },
  ConsentWithdrawn: { version: 1, sealed: {} },
  ConsentExpired: { version: 1, sealed: {} },
  DisclosureRecorded: { version: 1, sealed: {} },
  DisclosureRefused: { version: 1, sealed: {} },
};
