import { Type } from '@sinclair/typebox';
import { code, id, informingWays, instant, legalBases, staffId } from '@waymark/contracts';
import { declareEvents, type EventOf, never, sealedFor } from '@waymark/event-sourcing';
import { scope } from './scope.js';

const deskOnly = sealedFor('client', never('why the desk decided without the client'));

/** A disclosure without the client's consent: who asked for it on which legal basis, who else approved, how the client was told. */
export const overrideEvents = declareEvents({
  OverrideRequested: {
    version: 1,
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
    },
    sealed: { justification: deskOnly },
  },
  OverrideApproved: {
    version: 1,
    data: {
      overrideId: id,
      clientId: id,
      approvedBy: staffId,
      approvedAt: instant,
      /** When the client has to have been told. From then on their ledger tells them in any case. */
      informBy: instant,
    },
    sealed: {},
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
  /** By what the client has decided under another id of theirs. */
  OverrideEndedByClient: { version: 1, data: { overrideId: id, clientId: id, decidedAt: instant }, sealed: {} },
});

export type OverrideEvent = EventOf<typeof overrideEvents>;
