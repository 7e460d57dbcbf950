import type { CannotBeAskedReason, InformingWay, LegalBasis, OverrideEndReason } from '@waymark/contracts';
import type { Instant } from '@waymark/event-sourcing';
import type { Scope } from './scope.js';

/** What is to be disclosed without consent, on which legal basis, why, and until when. */
export interface OverrideRequest extends Scope {
  readonly legalBasis: LegalBasis;
  readonly justification: string;
  readonly validUntil: Instant;
  readonly cannotBeAsked?: CannotBeAskedReason;
}

/** An override that the client has ended by deciding themself, and when they did. */
export interface EndedOverride {
  readonly overrideId: string;
  readonly decidedAt: Instant;
}

export type OverrideCommand =
  /** `saidNoElsewhere`: a no of the client stands against it by another id of theirs. */
  | {
      readonly type: 'RequestOverride';
      readonly clientId: string;
      readonly request: OverrideRequest;
      readonly saidNoElsewhere: boolean;
    }
  | {
      readonly type: 'ApproveOverride';
      readonly overrideId: string;
      readonly saidNoElsewhere: boolean;
      /** They have recused from one of the client's cases since, or are shut out of one. */
      readonly requesterIsOut: boolean;
      /** As the one who asked has said it. */
      readonly cannotBeAsked?: CannotBeAskedReason;
    }
  | {
      readonly type: 'DelayInformingOfOverride';
      readonly overrideId: string;
      readonly reason: string;
      readonly informBy: Instant;
    }
  | {
      readonly type: 'InformClientOfOverride';
      readonly overrideId: string;
      readonly way: InformingWay;
      /** When, if not now. */
      readonly informedAt?: Instant;
    }
  | {
      readonly type: 'DeclineOverride' | 'RevokeOverride';
      readonly overrideId: string;
      readonly reason: OverrideEndReason;
    }
  /** The client has decided under another id of theirs. */
  | { readonly type: 'EndOverrides'; readonly ended: readonly EndedOverride[] }
  | { readonly type: 'ExpireOverride'; readonly overrideId: string };
