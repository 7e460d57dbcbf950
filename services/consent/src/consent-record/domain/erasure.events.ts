import { Type } from '@sinclair/typebox';
import {
  closed,
  code,
  erasureDeclineReasons,
  erasureGrounds,
  erasureLapses,
  id,
  instant,
  legalHoldBases,
  sealingContexts,
  shutOutMarks,
  staffId,
  withdrawalWays,
} from '@waymark/contracts';
import { declareEvents, type EventOf, readAsItIs, type Shape } from '@waymark/event-sourcing';

/** What one context has destroyed. */
const erasedContext = Type.Object(
  {
    context: code(sealingContexts),
    /** Absent when it had no key of the client. */
    keyMadeAt: Type.Optional(instant),
    destroyedAt: instant,
    backupsExpireAt: instant,
  },
  closed,
);
export type ErasedContext = Shape<typeof erasedContext>;

/** Whose concern it is that is erased for somebody, who may be the client, with the marks of whom the reporter shut out of it. */
const reporterOf = Type.Object({ clientId: id, concernId: id, shutOut: shutOutMarks }, closed);
export type ReporterOf = Shape<typeof reporterOf>;

/** How it was asked for; `way` is absent where a rule asked. Ids and codes only: these events outlive the client's key. */
const asked = {
  erasureId: id,
  clientId: id,
  ground: code(erasureGrounds),
  way: Type.Optional(code(withdrawalWays)),
};

/** The erasure of a client, or of a reporter who is none and has the place of `clientId` then, from the request to the certificate, and the legal holds that stand against it. */
export const erasureEvents = declareEvents({
  ErasureRequested: {
    version: 2,
    data: { ...asked, requestedBy: staffId, requestedAt: instant, reporterOf: Type.Optional(reporterOf) },
    sealed: {},
    earlier: [readAsItIs],
  },
  ErasureRequestWithdrawn: {
    version: 1,
    data: { erasureId: id, clientId: id, way: code(withdrawalWays), withdrawnBy: staffId, withdrawnAt: instant },
    sealed: {},
  },
  ErasureDeclined: {
    version: 1,
    data: {
      erasureId: id,
      clientId: id,
      reason: code(erasureDeclineReasons),
      declinedBy: staffId,
      declinedAt: instant,
    },
    sealed: {},
  },
  ErasureRequestLapsed: {
    version: 1,
    data: { erasureId: id, clientId: id, because: code(erasureLapses), lapsedAt: instant },
    sealed: {},
  },
  LegalHoldPlaced: {
    version: 1,
    data: { holdId: id, clientId: id, basis: code(legalHoldBases), placedBy: staffId, placedAt: instant },
    sealed: {},
  },
  LegalHoldLifted: { version: 1, data: { holdId: id, clientId: id, liftedBy: staffId, liftedAt: instant }, sealed: {} },
  /** In the record of a client: no legal hold of theirs stands against erasing this person, who reported about them. Precedes the approval. */
  ReporterErasureAdmitted: {
    version: 1,
    data: { clientId: id, reporterId: id, erasureId: id, admittedAt: instant },
    sealed: {},
  },
  ErasureApproved: {
    version: 1,
    data: { erasureId: id, clientId: id, approvedBy: staffId, approvedAt: instant, answersDueAt: instant },
    sealed: {},
  },
  /** The order once more, for the contexts that have not answered. */
  ErasureDemanded: {
    version: 1,
    data: {
      erasureId: id,
      clientId: id,
      approvedAt: instant,
      missing: Type.Array(code(sealingContexts), { minItems: 1 }),
      demandedAt: instant,
    },
    sealed: {},
  },
  ContextErased: { version: 1, data: { erasureId: id, clientId: id, erased: erasedContext }, sealed: {} },
  /** The certificate. */
  ErasureCompleted: {
    version: 2,
    data: {
      ...asked,
      requestedBy: staffId,
      approvedBy: staffId,
      contexts: Type.Array(erasedContext),
      completedAt: instant,
      /** When the last backup in which one of the keys may still lie has to be gone. */
      lastBackupExpiresAt: instant,
    },
    sealed: {},
    earlier: [readAsItIs],
  },
});

export type ErasureEvent = EventOf<typeof erasureEvents>;
export type ErasureCertificate = Extract<ErasureEvent, { type: 'ErasureCompleted' }>['data'];
