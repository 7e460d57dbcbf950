import type { ConsentForm, LinkOutcome, WithdrawalWay } from '@waymark/contracts';
import type { Instant } from '@waymark/event-sourcing';
import type { Conversation, Disclosure, Scope } from './consent-record.events.js';
import type { ErasureCommand } from './erasure.commands.js';
import type { OverrideCommand } from './override.commands.js';

/** What the client consents to, and how they were asked. */
export interface Grant extends Scope, Conversation {
  readonly validUntil: Instant;
  readonly form: ConsentForm;
  readonly witnessedBy?: string;
  readonly withheld?: string;
}

/** What the client was asked for and said no to. */
export interface Refusal extends Scope, Conversation {
  readonly reason?: string;
}

export interface RefuseConsent {
  readonly type: 'RefuseConsent';
  readonly clientId: string;
  readonly refusal: Refusal;
  /** How the client said it: so what it contradicts is withdrawn. */
  readonly way: WithdrawalWay;
}

/** Two ids of one person, as seen from the first. */
export interface ClientLink {
  readonly clientId: string;
  readonly linkedClientId: string;
  readonly concernId: string;
  readonly linkId: string;
}

export type ConsentCommand =
  | ErasureCommand
  | OverrideCommand
  | { readonly type: 'GiveConsent'; readonly clientId: string; readonly grant: Grant }
  | RefuseConsent
  | { readonly type: 'WithdrawConsent'; readonly consentId: string; readonly way: WithdrawalWay }
  /** Once more, for the referrals that were not heard of. */
  | { readonly type: 'RequestSuspensions'; readonly consentId: string; readonly heardOf: readonly string[] }
  | { readonly type: 'LinkClient'; readonly link: ClientLink }
  | { readonly type: 'AnswerLink'; readonly link: ClientLink; readonly outcome: LinkOutcome }
  | { readonly type: 'ExpireConsent'; readonly consentId: string }
  | { readonly type: 'AuthorizeDisclosure'; readonly disclosure: Disclosure };
