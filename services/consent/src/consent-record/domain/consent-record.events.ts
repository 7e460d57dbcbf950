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
  purposes,
  staffId,
  units,
  withdrawalWays,
} from '@waymark/contracts';
import { declareEvents, type EventOf, never, sealedFor, type ShapeOf } from '@waymark/event-sourcing';
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
  /** The referrals whose sending was authorised under a consent that is withdrawn: to each the withdrawal is applied. */
  SuspensionsRequested: {
    version: 1,
    data: { consentId: id, clientId: id, referralIds: Type.Array(id), withdrawnAt: instant },
    sealed: {},
  },
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
