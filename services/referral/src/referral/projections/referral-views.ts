import type { NameOf } from '@waymark/projections';
import { referralsProjection } from './referrals/referrals.projection.js';

/** The read models of the service. */
export const referralViews = [referralsProjection] as const;

/** By which queries wait for those that they read. */
export type ReferralView = NameOf<typeof referralViews>;
