import { foldedRows, oneRow } from '@waymark/projections';
import type { ReferralFactEvent } from '../../domain/referral-fact.js';
import { ReferralResultEntry } from './referral-result-entry.entity.js';

/** What became of each referral, by the month of its sending. Never shown as it is: tables go through disclosure control. */
export const referralResultsProjection = foldedRows({
  name: 'referral-results',
  version: 1,
  categories: ['referral_fact'],
  tables: `
    CREATE TABLE referral_results (
      fact_id uuid PRIMARY KEY,
      month text NOT NULL,
      unit text NOT NULL,
      service text NOT NULL,
      result text NOT NULL
    );
    CREATE INDEX referral_results_cells ON referral_results (month, unit, result);`,
  entity: ReferralResultEntry,
  of: 'factId',
  idOf: ({ stream }) => stream.slice('referral_fact-'.length),
  fold: oneRow((entry, { type, data, stream }) => {
    const event = { type, data } as ReferralFactEvent;
    switch (event.type) {
      case 'ReferralCounted': {
        const { month, unit, service } = event.data;
        return { factId: stream.slice('referral_fact-'.length), month, unit, service, result: 'under_way' };
      }
      case 'ReferralResultCounted':
        return entry && { ...entry, result: event.data.result };
    }
  }),
});
