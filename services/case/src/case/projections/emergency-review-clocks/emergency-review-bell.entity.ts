import { Column, Entity, PrimaryColumn } from 'typeorm';

/** By when an emergency access is to be reviewed. */
@Entity('emergency_review_clocks')
export class EmergencyReviewBell {
  @PrimaryColumn('uuid', { name: 'case_id' }) caseId: string;
  @PrimaryColumn('uuid', { name: 'grant_id' }) grantId: string;
  @Column('timestamptz', { name: 'due_at' }) dueAt: Date;
}
