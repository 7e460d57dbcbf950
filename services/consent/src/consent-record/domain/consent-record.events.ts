import { Type } from '@sinclair/typebox';
import {
  capacities,
  code,
  consentForms,
  dataCategories,
  decisionReasons,
  disclosureActs,
  id,
  instant,
  linkOutcomes,
  purposes,
  staffId,
  units,
  withdrawalWays,
} from '@waymark/contracts';
import { declareEvents, type EventOf, type ShapeOf } from '@waymark/event-sourcing';
import { erasureEvents } from './erasure.events.js';

/** To whom, why and what: plain in the log, because without it consent could not be proved by replay. */
const scope = { recipient: code(units), purpose: code(purposes), categories: Type.Array(code(dataCategories)) };
export type Scope = ShapeOf<typeof scope>;

/** How the client was asked. It describes the person, so it is sealed. */
const conversation = {
  language: Type.String(),
  interpreter: Type.Optional(Type.String()),
  explained: Type.String(),
  capacity: code(capacities),
};
export type Conversation = ShapeOf<typeof conversation>;
const sealedConversation = {
  language: 'client',
  interpreter: 'client',
  explained: 'client',
  capacity: 'client',
} as const;

/** A disclosure that somebody is about to make. `reference` names what is disclosed, such as a referral. */
const disclosure = {
  ...scope,
  reference: id,
  act: code(disclosureActs),
  /** The member of staff who sends or opens. */
  onBehalfOf: staffId,
};
export type Disclosure = ShapeOf<typeof disclosure>;

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
    sealed: { ...sealedConversation, witnessedBy: 'client', withheld: 'client' },
  },
  ConsentRefused: {
    version: 1,
    data: { ...scope, ...conversation, clientId: id, reason: Type.Optional(Type.String()) },
    sealed: { ...sealedConversation, reason: 'client' },
  },
  ConsentWithdrawn: {
    version: 1,
    data: { ...scope, consentId: id, clientId: id, way: code(withdrawalWays), withdrawnAt: instant },
    sealed: {},
  },
  /** The referrals whose sending was authorised under a consent that is withdrawn: to each the withdrawal is applied. */
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
    version: 1,
    data: {
      ...disclosure,
      /** The id of this very event: what the sending or opening cites. */
      disclosureId: id,
      consentId: id,
    },
    sealed: {},
  },
  DisclosureRefused: { version: 1, data: { ...disclosure, reason: code(decisionReasons) }, sealed: {} },
});

/** What each event says, in which version, and which fields the client's key seals. */
export const consentEvents = { ...disclosureEvents, ...erasureEvents };

export type ConsentEvent = EventOf<typeof consentEvents>;
