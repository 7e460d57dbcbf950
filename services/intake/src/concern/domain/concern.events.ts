import { Type } from '@sinclair/typebox';
import {
  avenues,
  channels,
  closed,
  code,
  concernKinds,
  emergencyPurposes,
  formed,
  guidanceDecisions,
  id,
  identities,
  instant,
  linkOutcomes,
  linkParts,
  personsOfConcern,
  priorities,
  shutOutMarks,
  staffId,
  withdrawalWays,
} from '@waymark/contracts';
import {
  declareEvents,
  type EventOf,
  never,
  readAsItIs,
  sealedFor,
  type Shape,
  type ShapeOf,
} from '@waymark/event-sourcing';
import { account, exclusions, knownTime } from './account.js';
import { receiptScopes, receiptWithdrawals } from './receipt-codes.js';

/** Deadlines of the first response. Absent where only the month of the contact is known. */
const responseClock = Type.Object({ warnAt: instant, dueAt: instant, escalateToHeadAt: instant }, closed);
export type ResponseClock = Shape<typeof responseClock>;

const escalationLevels = ['supervisor', 'head'] as const;
export type EscalationLevel = (typeof escalationLevels)[number];

const deskOnly = never('notes of the desk for its own work');

const receiptHash = formed(/^[0-9a-f]{64}$/, '9f'.repeat(32));

/** The same person: the client of this concern, and the one who came before. */
const link = { linkId: id, clientId: id, earlierClientId: id };

/** Which desk it is tells a reader of the log that a concern is about the desk: so only intake can tell. */
const deskMark = formed(/^[0-9a-f]{32}$/, '6a'.repeat(16));

const emergencyAccess = { grantId: id, caseId: id, staffId, purpose: code(emergencyPurposes), endsAt: instant };

/** `revision`: of the case, after it. */
const teamOfConcern = {
  caseId: id,
  team: Type.Array(staffId),
  changedAt: instant,
  revision: Type.Integer({ minimum: 0 }),
};

const message = { messageId: id, text: Type.String() };
const sealedMessage = { text: sealedFor('reporter', never('letters between the reporter and the desk')) };

/** What each event says, in which version, and whose key seals which field. Plain are ids, life cycle and clocks. */
export const concernEvents = declareEvents({
  ConcernSubmitted: {
    version: 3,
    data: {
      ...account,
      /** Mark of the desk that it belongs to; absent where there was no alternate desk. */
      desk: Type.Optional(deskMark),
      shutOut: shutOutMarks,
      concernId: id,
      clientId: id,
      reporterId: id,
      channel: code(channels),
      kind: code(concernKinds),
      identity: code(identities),
      immediateDanger: Type.Boolean(),
      medicalUrgency: Type.Boolean(),
      contact: knownTime,
      clock: Type.Optional(responseClock),
      registeredBy: Type.Optional(staffId),
      occurredAt: instant,
    },
    sealed: {
      language: sealedFor('reporter', never('tells how to speak with the reporter, not about the matter')),
      reporterRelation: sealedFor('reporter', 'matter_summary'),
      narrative: sealedFor('reporter', 'narrative'),
      reporterName: sealedFor('reporter', 'identity'),
      contactDetails: sealedFor('reporter', 'contact'),
      safeContact: sealedFor('reporter', 'contact'),
      exclusions: sealedFor('reporter', never('whom the reporter shut out must not learn of it')),
      matter: sealedFor('client', 'matter_summary'),
      behaviour: sealedFor('client', 'matter_summary'),
      occurrence: sealedFor('client', 'matter_summary'),
      occurred: sealedFor('client', 'matter_summary'),
      place: sealedFor('client', 'workplace'),
      allegedRelation: sealedFor('client', 'workplace'),
      ageBand: sealedFor('client', 'identity'),
    },
    earlier: [readAsItIs, readAsItIs],
  },
  ReceiptIssued: { version: 1, data: { scope: code(receiptScopes), receiptHash }, sealed: {} },
  /** Another one is issued in its place. */
  ReceiptWithdrawn: {
    version: 1,
    data: { scope: code(receiptScopes), receiptHash, reason: code(receiptWithdrawals) },
    sealed: {},
  },
  ReceiptUpgraded: { version: 1, data: { scope: Type.Literal('client'), caseId: id }, sealed: {} },
  FirstResponseDue: { version: 1, data: { dueAt: instant }, sealed: {} },
  FirstResponseOverdue: { version: 1, data: { dueAt: instant }, sealed: {} },
  ConcernEscalated: { version: 1, data: { to: code(escalationLevels) }, sealed: {} },
  ConcernAllocated: { version: 1, data: { officerId: staffId }, sealed: {} },
  FirstResponseGiven: {
    version: 2,
    data: {
      response: knownTime,
      withinTarget: Type.Optional(Type.Boolean()),
      /** Since the contact, begun hours counting; absent unless both are known to the minute. */
      hoursTaken: Type.Optional(Type.Integer({ minimum: 0 })),
      occurredAt: instant,
    },
    sealed: {},
    earlier: [readAsItIs],
  },
  ReporterMessageReceived: { version: 1, data: message, sealed: sealedMessage },
  OfficerMessageSent: { version: 1, data: message, sealed: sealedMessage },
  ConcernTriaged: {
    version: 1,
    data: {
      priority: code(priorities),
      riskOfRetaliation: Type.Boolean(),
      mandatoryReportingExplained: Type.Boolean(),
    },
    sealed: { riskOfRetaliation: sealedFor('client', 'risk') },
  },
  GuidanceGiven: {
    version: 1,
    data: { avenues: Type.Array(code(avenues)), decision: code(guidanceDecisions), note: Type.Optional(Type.String()) },
    sealed: {
      avenues: sealedFor('client', 'case_progress'),
      decision: sealedFor('client', 'case_progress'),
      note: sealedFor('client', deskOnly),
    },
  },
  ConcernAccepted: {
    version: 2,
    data: { clientId: id, officerId: staffId, shutOut: shutOutMarks },
    sealed: {},
    earlier: [readAsItIs],
  },
  /** Asked for again, because nothing came back about the case. */
  CaseRequested: {
    version: 2,
    data: { clientId: id, officerId: staffId, shutOut: shutOutMarks },
    sealed: {},
    earlier: [readAsItIs],
  },
  /** Nothing becomes one: both ids stay, and from now on name one person. `linkId` is the id of this very event. */
  ConcernLinkedToClient: { version: 1, data: { ...link, earlierConcernId: id }, sealed: {} },
  /** Asked of whoever has to know of the link. */
  ClientLinkRequested: { version: 1, data: { ...link, of: code(linkParts) }, sealed: {} },
  /** Refused when either person is being erased: the concern then has no client but its own. */
  ClientLinkSettled: { version: 1, data: { ...link, outcome: code(linkOutcomes) }, sealed: {} },
  /** Somebody has stepped back from its case because of a conflict of interest: for ever from the concern as well. */
  OfficerRecusedFromConcern: { version: 1, data: { staffId, caseId: id, recusedAt: instant }, sealed: {} },
  /** Who works on its case now, and so on the concern. */
  TeamOfConcernChanged: { version: 1, data: teamOfConcern, sealed: {} },
  /** Somebody outside of its team has broken the glass of its case: until their hours are over they read the concern too. */
  EmergencyAccessToConcernGranted: { version: 1, data: emergencyAccess, sealed: {} },
  /** Somebody else has looked at it: it is over before its hour. */
  EmergencyAccessToConcernEnded: { version: 1, data: { grantId: id, endedAt: instant }, sealed: {} },
  /** Asked of consent, by the reporter themself or by the officer who was told. */
  ReporterErasureRequested: {
    version: 1,
    data: {
      clientId: id,
      reporterId: id,
      way: code(withdrawalWays),
      requestedBy: staffId,
      shutOut: shutOutMarks,
      /** As the reporter named them: who is shut out of what the client told stays so without the reporter's key. */
      exclusions: Type.Optional(exclusions),
    },
    sealed: { exclusions: sealedFor('client', never('whom the reporter shut out must not learn of it')) },
  },
  /** Nothing has happened for as long as the retention rule says: consent asks for their erasure. */
  RetentionEnded: {
    version: 1,
    data: {
      clientId: id,
      reporterId: id,
      of: Type.Array(code(personsOfConcern), { minItems: 1 }),
      shutOut: shutOutMarks,
      /** As with `ReporterErasureRequested`. */
      exclusions: Type.Optional(exclusions),
    },
    sealed: { exclusions: sealedFor('client', never('whom the reporter shut out must not learn of it')) },
  },
  /** Something has happened after all: consent lets pass what the rule has asked for. */
  RetentionResumed: {
    version: 1,
    data: { clientId: id, reporterId: id, of: Type.Array(code(personsOfConcern), { minItems: 1 }) },
    sealed: {},
  },
  /** The keys of these persons are gone: what else tells of them in a view goes too. */
  PersonErased: { version: 1, data: { erasureId: id, persons: Type.Array(code(personsOfConcern)) }, sealed: {} },
});

export type ConcernEvent = EventOf<typeof concernEvents>;
export type EmergencyGrant = ShapeOf<typeof emergencyAccess>;
export type TeamOfConcern = ShapeOf<typeof teamOfConcern>;
