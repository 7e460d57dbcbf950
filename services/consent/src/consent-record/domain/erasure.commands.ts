import type { ErasureGround, LegalHoldBasis, WithdrawalWay } from '@waymark/contracts';
import type { ErasedContext } from './erasure.events.js';

export type ErasureCommand =
  | {
      readonly type: 'RequestErasure';
      readonly clientId: string;
      readonly ground: ErasureGround;
      /** How the client asked. */
      readonly way?: WithdrawalWay;
    }
  | { readonly type: 'PlaceLegalHold'; readonly clientId: string; readonly basis: LegalHoldBasis }
  | { readonly type: 'LiftLegalHold'; readonly holdId: string }
  | { readonly type: 'ApproveErasure' }
  | { readonly type: 'ConfirmErasure'; readonly erasureId: string; readonly erased: ErasedContext };
