import type { NameOf } from '@waymark/projections';
import { casesProjection } from './cases/cases.projection.js';
import { emergencyAccessesProjection } from './emergency-accesses/emergency-accesses.projection.js';
import { emergencyReviewClocksProjection } from './emergency-review-clocks/emergency-review-clocks.projection.js';

/** The read models of the service. */
export const caseViews = [casesProjection, emergencyAccessesProjection, emergencyReviewClocksProjection] as const;

/** By which queries wait for those that they read. */
export type CaseView = NameOf<typeof caseViews>;
