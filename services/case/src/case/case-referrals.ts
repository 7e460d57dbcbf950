import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { endedReferralStatuses } from '@waymark/contracts';

/** Referrals of a case: the local copy of what the referral service tells (integration/consume.ts). */
@Injectable()
export class CaseReferrals {
  constructor(private readonly dataSource: DataSource) {}

  /** Those that have not ended. */
  async openOf(caseId: string): Promise<readonly string[]> {
    const rows = await this.dataSource.query<{ referral_id: string }[]>(
      'SELECT referral_id FROM case_referrals WHERE case_id = $1 AND status <> ALL($2) ORDER BY referral_id',
      [caseId, endedReferralStatuses],
    );
    return rows.map(({ referral_id }) => referral_id);
  }
}
