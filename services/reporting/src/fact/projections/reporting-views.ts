import type { NameOf } from '@waymark/projections';
import { caseloadProjection } from './caseload/caseload.projection.js';
import { contactCountsProjection } from './contact-counts/contact-counts.projection.js';
import { firstResponsesProjection } from './first-responses/first-responses.projection.js';
import { referralResultsProjection } from './referral-results/referral-results.projection.js';

/** The read models of the service. */
export const reportingViews = [
  contactCountsProjection,
  firstResponsesProjection,
  referralResultsProjection,
  caseloadProjection,
] as const;

/** By which queries wait for those that they read. */
export type ReportingView = NameOf<typeof reportingViews>;
