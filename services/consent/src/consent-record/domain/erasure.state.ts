import type { ErasureStatus, LegalHoldBasis } from '@waymark/contracts';
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
}

/** The part of a consent record that is about erasing its client. */
export interface Erasing {
  readonly erasure?: Erasure;
  /** Those that stand. */
  readonly holds: readonly LegalHold[];
}

/** From the approval on the client's texts are going; nothing is written about them any more. */
export const isErased = ({ erasure }: Erasing): boolean => erasure !== undefined && erasure.status !== 'requested';

export function evolveErasing<State extends Erasing>(state: State, event: ErasureEvent): State {
  switch (event.type) {
    case 'ErasureRequested':
      return { ...state, erasure: { ...event.data, status: 'requested', contexts: [] } };
    case 'LegalHoldPlaced': {
      const { holdId, basis, placedAt } = event.data;
      return { ...state, holds: [...state.holds, { holdId, basis, placedAt }] };
    }
    case 'LegalHoldLifted':
      return { ...state, holds: state.holds.filter(({ holdId }) => holdId !== event.data.holdId) };
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

const changed = <State extends Erasing>(state: State, change: Partial<Erasure>): State =>
  state.erasure ? { ...state, erasure: { ...state.erasure, ...change } } : state;
