import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Somebody broke the glass of a case. Why, and what the review found in words, is sealed and not here. */
@Entity('emergency_accesses')
export class EmergencyAccessEntry {
  @PrimaryColumn('uuid', { name: 'grant_id' }) grantId: string;
  /** Of the grant in the log. */
  @Column('bigint') position: string;
  @Column('uuid', { name: 'case_id' }) caseId: string;
  @Column('text', { name: 'staff_id' }) staffId: string;
  @Column('text') purpose: string;
  @Column('timestamptz', { name: 'granted_at' }) grantedAt: Date;
  @Column('timestamptz', { name: 'ends_at' }) endsAt: Date;
  @Column('timestamptz', { name: 'review_due_at' }) reviewDueAt: Date;
  @Column('boolean') overdue: boolean;
  @Column('text', { nullable: true }) outcome: string | null;
  @Column('text', { name: 'reviewed_by', nullable: true }) reviewedBy: string | null;
}
