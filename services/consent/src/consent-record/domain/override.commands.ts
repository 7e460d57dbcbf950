import type { InformingWay, LegalBasis } from '@waymark/contracts';
import type { Instant } from '@waymark/event-sourcing';
import type { Scope } from './scope.js';

/** What is to be disclosed without consent, on which legal basis, why, and until when. */
export interface OverrideRequest extends Scope {
  readonly legalBasis: LegalBasis;
  readonly justification: string;
  readonly validUntil: Instant;
}

/** What the client has given, refused or withdrawn, and when. */
export interface ClientDecision extends Scope {
  readonly decidedAt: Instant;
}

export type OverrideCommand =
  | { readonly type: 'RequestOverride'; readonly clientId: string; readonly request: OverrideRequest }
  | { readonly type: 'ApproveOverride'; readonly overrideId: string }
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
  /** The client has decided under another id of theirs. */
  | { readonly type: 'EndOverrides'; readonly decisions: readonly ClientDecision[] };
