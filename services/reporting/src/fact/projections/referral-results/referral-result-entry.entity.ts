import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What became of one referral. */
@Entity('referral_results')
export class ReferralResultEntry {
  @PrimaryColumn('uuid', { name: 'fact_id' }) factId: string;
  /** In which it was sent. */
  @Column('text') month: string;
  @Column('text') unit: string;
  @Column('text') service: string;
  @Column('text') result: string;
}
