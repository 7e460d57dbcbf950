import type { ErasureGround, LegalHoldBasis, WithdrawalWay } from '@waymark/contracts';
import type { ErasedContext, ReporterOf } from './erasure.events.js';

/** How the other id of the same person came to be erased. */
export interface ErasureOfOther {
  readonly ground: ErasureGround;
  readonly way?: WithdrawalWay;
  readonly requestedBy: string;
  readonly approvedBy: string;
}

export type ErasureCommand =
  | {
      readonly type: 'RequestErasure';
      readonly clientId: string;
      readonly ground: ErasureGround;
      /** How the client asked. */
      readonly way?: WithdrawalWay;
    }
  /** Told by intake, as often as it tells it: somebody whose texts a concern holds asks for it, or the retention rule does, which has no way. */
  | {
      readonly type: 'RequestErasureForConcern';
      readonly personId: string;
      readonly way?: WithdrawalWay;
      readonly requestedBy: string;
      readonly reporterOf: ReporterOf;
    }
  | { readonly type: 'PlaceLegalHold'; readonly clientId: string; readonly basis: LegalHoldBasis }
  | { readonly type: 'LiftLegalHold'; readonly holdId: string }
  | { readonly type: 'ApproveErasure' }
  /** Another id of the same person was erased. */
  | { readonly type: 'EraseAlong'; readonly clientId: string; readonly with: ErasureOfOther }
  | { readonly type: 'ConfirmErasure'; readonly erasureId: string; readonly erased: ErasedContext };
