import { Type } from '@sinclair/typebox';
import {
  cannotBeAskedReasons,
  code,
  id,
  informingWays,
  instant,
  legalBases,
  overrideEndReasons,
  staffId,
} from '@waymark/contracts';
import { declareEvents, type EventOf, never, readAsItIs, sealedFor } from '@waymark/event-sourcing';
import { scope } from './scope.js';

/** Why the client cannot be asked: what a vital interest has to say against a no of theirs. */
const cannotBeAsked = Type.Optional(code(cannotBeAskedReasons));

const deskOnly = sealedFor('client', never('why the desk decided without the client'));

/** A disclosure without the client's consent: who asked for it on which legal basis, who else approved, how the client was told. */
export const overrideEvents = declareEvents({
  OverrideRequested: {
    version: 2,
    data: {
      ...scope,
      /** The id of this very event. */
      overrideId: id,
      clientId: id,
      legalBasis: code(legalBases),
      justification: Type.String(),
      validUntil: instant,
      requestedBy: staffId,
      requestedAt: instant,
      cannotBeAsked,
    },
    sealed: { justification: deskOnly },
    earlier: [readAsItIs],
  },
  OverrideApproved: {
    version: 2,
    data: {
      overrideId: id,
      clientId: id,
      approvedBy: staffId,
      approvedAt: instant,
      /** When the client has to have been told. From then on their ledger tells them in any case. */
      informBy: instant,
      cannotBeAsked,
    },
    sealed: {},
    earlier: [readAsItIs],
  },
  InformingOfOverrideDelayed: {
    version: 1,
    data: { overrideId: id, clientId: id, reason: Type.String(), informBy: instant, delayedBy: staffId },
    sealed: { reason: deskOnly },
  },
  ClientInformedOfOverride: {
    version: 1,
    data: { overrideId: id, clientId: id, way: code(informingWays), informedAt: instant, informedBy: staffId },
    sealed: {},
  },
  /** By another person than the one who asked for it. */
  OverrideDeclined: {
    version: 1,
    data: { overrideId: id, clientId: id, reason: code(overrideEndReasons), declinedBy: staffId, declinedAt: instant },
    sealed: {},
  },
  /** Nothing is disclosed under it from here on. */
  OverrideRevoked: {
    version: 1,
    data: { overrideId: id, clientId: id, reason: code(overrideEndReasons), revokedBy: staffId, revokedAt: instant },
    sealed: {},
  },
  /** By what the client has decided themself, under this id or another of theirs. */
  OverrideEndedByClient: { version: 1, data: { overrideId: id, clientId: id, decidedAt: instant }, sealed: {} },
  OverrideExpired: { version: 1, data: { overrideId: id, clientId: id, validUntil: instant }, sealed: {} },
});

export type OverrideEvent = EventOf<typeof overrideEvents>;
