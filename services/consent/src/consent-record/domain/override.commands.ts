import type { InformingWay, LegalBasis } from '@waymark/contracts';
import type { Instant } from '@waymark/event-sourcing';
import type { Scope } from './scope.js';

/** What is to be disclosed without consent, on which legal basis, why, and until when. */
export interface OverrideRequest extends Scope {
  readonly legalBasis: LegalBasis;
  readonly justification: string;
  readonly validUntil: Instant;
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
    };
