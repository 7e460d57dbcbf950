import type { NameOf } from '@waymark/projections';
import { waitingApprovalsProjection } from './approvals/waiting-approvals.projection.js';
import { consentClocksProjection } from './consent-clocks/consent-clocks.projection.js';
import { erasuresProjection } from './erasures/erasures.projection.js';

/** The read models of the service. */
export const consentViews = [consentClocksProjection, erasuresProjection, waitingApprovalsProjection] as const;

/** By which queries wait for those that they read. */
export type ConsentView = NameOf<typeof consentViews>;
