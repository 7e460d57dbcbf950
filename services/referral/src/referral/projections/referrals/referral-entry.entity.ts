import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One line of the lists of referrals. Holds nothing of the package. */
@Entity('referrals')
export class ReferralEntry {
  @PrimaryColumn('uuid', { name: 'referral_id' }) referralId: string;
  @Column('uuid', { name: 'case_id' }) caseId: string;
  @Column('uuid', { name: 'client_id' }) clientId: string;
  @Column('text') unit: string;
  @Column('text') service: string;
  @Column('text') urgency: string;
  @Column('text') status: string;
  @Column('timestamptz', { name: 'drafted_at' }) draftedAt: Date;
  /** Null: for its unit the referral does not exist. */
  @Column('timestamptz', { name: 'sent_at', nullable: true }) sentAt: Date | null;
  /** The consent or the override that it was sent under. */
  @Column('uuid', { name: 'consent_id', nullable: true }) consentId: string | null;
  /** Whether that was withdrawn, or is over: the unit no longer reads what the referral is about. */
  @Column('boolean', { name: 'consent_withdrawn' }) consentWithdrawn: boolean;
  /** When the unit must have acknowledged: the referral, or that it is suspended. Null when nothing is due. */
  @Column('timestamptz', { name: 'due_at', nullable: true }) dueAt: Date | null;
  /** What the unit is to be told and has not acknowledged yet. */
  @Column('text', { nullable: true }) notice: string | null;
}
