import type { ErasureDeclineReason, ErasureGround, LegalHoldBasis, WithdrawalWay } from '@waymark/contracts';
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
      /** By their receipt: the concern that it is of. */
      readonly ofConcern?: ReporterOf;
    }
  /** Told by intake, as often as it tells it: somebody whose texts a concern holds asks for it, or the retention rule does, which has no way. */
  | {
      readonly type: 'RequestErasureForConcern';
      readonly personId: string;
      readonly way?: WithdrawalWay;
      readonly requestedBy: string;
      readonly reporterOf: ReporterOf;
    }
  /** The person has come again: what only the retention rule has asked for passes. */
  | { readonly type: 'ResumeRetention' }
  /** By whoever asked. */
  | { readonly type: 'WithdrawErasureRequest'; readonly way: WithdrawalWay }
  | { readonly type: 'DeclineErasure'; readonly reason: ErasureDeclineReason }
  /** `holdId` is given when the hold stands on another id of the person already. */
  | {
      readonly type: 'PlaceLegalHold';
      readonly clientId: string;
      readonly basis: LegalHoldBasis;
      readonly holdId?: string;
    }
  | { readonly type: 'LiftLegalHold'; readonly holdId: string }
  /** To the client: somebody who reported about them is about to be erased. */
  | {
      readonly type: 'AdmitReporterErasure';
      readonly clientId: string;
      readonly reporterId: string;
      readonly erasureId: string;
    }
  /** `cameAgain`: something has happened since the request that does not stand in this record. */
  | { readonly type: 'ApproveErasure'; readonly cameAgain: boolean }
  /** Another id of the same person was erased. */
  | { readonly type: 'EraseAlong'; readonly clientId: string; readonly with: ErasureOfOther }
  /** Contexts have not answered: they are asked again. */
  | { readonly type: 'DemandErasure'; readonly erasureId: string }
  | { readonly type: 'ConfirmErasure'; readonly erasureId: string; readonly erased: ErasedContext };
