import { type ErasureStatus, type LegalHoldBasis, sealingContexts } from '@waymark/contracts';
import type { Instant } from '@waymark/event-sourcing';
import type { ErasedContext, ErasureCertificate, ErasureEvent } from './erasure.events.js';

export interface LegalHold {
  readonly holdId: string;
  readonly basis: LegalHoldBasis;
  readonly placedAt: Instant;
}

type Requested = Extract<ErasureEvent, { type: 'ErasureRequested' }>['data'];

export interface Erasure extends Requested {
  readonly status: ErasureStatus;
  readonly approval?: { readonly by: string; readonly at: Instant; readonly answersDueAt: Instant };
  /** Answers of the contexts, in the order in which they came. */
  readonly contexts: readonly ErasedContext[];
  readonly certificate?: ErasureCertificate;
  /** How the request ended without an approval. */
  readonly ending?: { readonly at: Instant; readonly by?: string; readonly reason?: string };
  /** Something has happened since the request that tells of a person who is there. */
  readonly cameAgain: boolean;
}

/** The part of a consent record that is about erasing its client. */
export interface Erasing {
  readonly erasure?: Erasure;
  /** Those that stand. */
  readonly holds: readonly LegalHold[];
  /** Of those who reported about the client: whose erasure was admitted here. A hold on the client is placed on them as well. */
  readonly admitted: readonly { readonly reporterId: string; readonly erasureId: string }[];
}

/** From the approval on the client's texts are going; nothing is written about them any more. */
export const isErased = ({ erasure }: Erasing): boolean =>
  erasure?.status === 'approved' || erasure?.status === 'completed';

/** The request that somebody has yet to decide about. */
export const pendingRequest = ({ erasure }: Erasing): Erasure | undefined =>
  erasure?.status === 'requested' ? erasure : undefined;

/** A rule has asked, which does so of those who stay away: who comes again makes the request pass. */
export const pendingByRule = (erasing: Erasing): Erasure | undefined => {
  const pending = pendingRequest(erasing);
  return pending?.ground === 'retention' ? pending : undefined;
};

/** A person asks to be erased, or is: nothing joins them to another id any more. */
export const refusesLinks = (erasing: Erasing): boolean =>
  isErased(erasing) || (pendingRequest(erasing) !== undefined && pendingByRule(erasing) === undefined);

export const isHeldBy = ({ holds }: Erasing, holdId: string): boolean => holds.some((hold) => hold.holdId === holdId);

/** Contexts that have not answered. */
export const unansweredOf = ({ contexts }: Erasure) =>
  sealingContexts.filter((context) => !contexts.some((each) => each.context === context));

export function evolveErasing<State extends Erasing>(state: State, event: ErasureEvent): State {
  switch (event.type) {
    case 'ErasureRequested':
      return { ...state, erasure: { ...event.data, status: 'requested', contexts: [], cameAgain: false } };
    case 'ErasureRequestWithdrawn': {
      const { withdrawnAt: at, withdrawnBy: by } = event.data;
      return changed(state, { status: 'withdrawn', ending: { at, by } });
    }
    case 'ErasureDeclined': {
      const { declinedAt: at, declinedBy: by, reason } = event.data;
      return changed(state, { status: 'declined', ending: { at, by, reason } });
    }
    case 'ErasureRequestLapsed': {
      const { lapsedAt: at, because: reason } = event.data;
      return changed(state, { status: 'lapsed', ending: { at, reason } });
    }
    case 'ErasureDemanded':
      return state;
    case 'LegalHoldPlaced': {
      const { holdId, basis, placedAt } = event.data;
      return { ...state, holds: [...state.holds, { holdId, basis, placedAt }] };
    }
    case 'LegalHoldLifted':
      return { ...state, holds: state.holds.filter(({ holdId }) => holdId !== event.data.holdId) };
    case 'ReporterErasureAdmitted': {
      const { reporterId, erasureId } = event.data;
      return { ...state, admitted: [...state.admitted, { reporterId, erasureId }] };
    }
    case 'ErasureApproved': {
      const { approvedBy: by, approvedAt: at, answersDueAt } = event.data;
      return changed(state, { status: 'approved', approval: { by, at, answersDueAt } });
    }
    case 'ContextErased':
      return changed(state, { contexts: [...(state.erasure?.contexts ?? []), event.data.erased] });
    case 'ErasureCompleted':
      return changed(state, { status: 'completed', certificate: event.data });
  }
}

/** Something has happened about the person, other than to their erasure. */
export const notedAsThere = <State extends Erasing>(state: State): State =>
  pendingRequest(state) ? changed(state, { cameAgain: true }) : state;

const changed = <State extends Erasing>(state: State, change: Partial<Erasure>): State =>
  state.erasure ? { ...state, erasure: { ...state.erasure, ...change } } : state;
