import { Type } from '@sinclair/typebox';
import {
  capacities,
  closed,
  code,
  consentForms,
  decisionReasons,
  disclosureActs,
  id,
  instant,
  legalBases,
  linkOutcomes,
  staffId,
  withdrawalWays,
} from '@waymark/contracts';
import { declareEvents, type EventOf, never, readAsItIs, sealedFor, type ShapeOf } from '@waymark/event-sourcing';
import { erasureEvents } from './erasure.events.js';
import { overrideEvents } from './override.events.js';
import { scope } from './scope.js';

export type { Scope } from './scope.js';

/** How the client was asked. It describes the person, so it is sealed. */
const conversation = {
  language: Type.String(),
  interpreter: Type.Optional(Type.String()),
  explained: Type.String(),
  capacity: code(capacities),
};
export type Conversation = ShapeOf<typeof conversation>;
const howAsked = sealedFor('client', never('how the client was asked is between the client and the desk'));
const sealedConversation = { language: howAsked, interpreter: howAsked, explained: howAsked, capacity: howAsked };

/** A disclosure that somebody is about to make. `reference` names what is disclosed, such as a referral. */
const disclosure = {
  ...scope,
  reference: id,
  act: code(disclosureActs),
  /** The member of staff who sends or opens. */
  onBehalfOf: staffId,
};
export type Disclosure = ShapeOf<typeof disclosure>;

/** An override with both who decided, so that whoever reads the disclosure sees that there were two. */
const citedOverride = Type.Object(
  { overrideId: id, legalBasis: code(legalBases), requestedBy: staffId, approvedBy: staffId },
  closed,
);

const link = { clientId: id, linkedClientId: id, concernId: id, linkId: id };

const disclosureEvents = declareEvents({
  ConsentGiven: {
    version: 1,
    data: {
      ...scope,
      ...conversation,
      /** The id of this very event: what disclosures cite. */
      consentId: id,
      clientId: id,
      validUntil: instant,
      givenAt: instant,
      form: code(consentForms),
      witnessedBy: Type.Optional(Type.String()),
      withheld: Type.Optional(Type.String()),
    },
    sealed: {
      ...sealedConversation,
      witnessedBy: howAsked,
      withheld: sealedFor('client', never('what the client keeps back')),
    },
  },
  ConsentRefused: {
    version: 1,
    data: { ...scope, ...conversation, clientId: id, reason: Type.Optional(Type.String()) },
    sealed: { ...sealedConversation, reason: howAsked },
  },
  ConsentWithdrawn: {
    version: 1,
    data: { ...scope, consentId: id, clientId: id, way: code(withdrawalWays), withdrawnAt: instant },
    sealed: {},
  },
  /**
   * The referrals whose sending was authorised under a consent that is withdrawn, or under an override that is over: `consentId` is what
   * allowed it, and `withdrawnAt` when that ended. To each it is applied.
   */
  SuspensionsRequested: {
    version: 1,
    data: { consentId: id, clientId: id, referralIds: Type.Array(id), withdrawnAt: instant },
    sealed: {},
  },
  /** Both ids name one person. Stands in the stream of either. */
  ClientsLinked: { version: 1, data: link, sealed: {} },
  /** What intake hears of it, as often as it asks. */
  ClientLinkAnswered: { version: 1, data: { ...link, outcome: code(linkOutcomes) }, sealed: {} },
  ConsentExpired: { version: 1, data: { ...scope, consentId: id, validUntil: instant }, sealed: {} },
  DisclosureRecorded: {
    version: 2,
    data: {
      ...disclosure,
      /** The id of this very event: what the sending or opening cites. */
      disclosureId: id,
      /** What allowed it: a consent, or what overrides that there is none. */
      consentId: Type.Optional(id),
      override: Type.Optional(citedOverride),
    },
    sealed: {},
    earlier: [readAsItIs],
  },
  DisclosureRefused: {
    version: 2,
    data: { ...disclosure, reason: code(decisionReasons) },
    sealed: {},
    earlier: [readAsItIs],
  },
});

/** What each event says, in which version, and which fields the client's key seals. */
export const consentEvents = { ...disclosureEvents, ...overrideEvents, ...erasureEvents };

export type ConsentEvent = EventOf<typeof consentEvents>;
