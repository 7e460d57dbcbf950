import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One line of the list of cases: who works on it, for which client, at which stage, and the clock of its risk review. */
@Entity('cases')
export class CaseEntry {
  @PrimaryColumn('uuid', { name: 'case_id' }) caseId: string;
  @Column('uuid', { name: 'concern_id' }) concernId: string;
  @Column('uuid', { name: 'client_id' }) clientId: string;
  /** Every id under which it has stood: those of one person. */
  @Column('uuid', { name: 'client_ids', array: true }) clientIds: string[];
  @Column('text', { name: 'case_code' }) caseCode: string;
  @Column('text') stage: string;
  @Column('text', { name: 'officer_id' }) officerId: string;
  /** The officer first. */
  @Column('text', { array: true }) team: string[];
  /** Marks of whom the reporter of its concern shuts out. */
  @Column('text', { name: 'shut_out', array: true }) shutOut: string[];
  /** For whom the case no longer exists, supervisors among them. */
  @Column('text', { array: true }) recused: string[];
  @Column('timestamptz', { name: 'review_due_at', nullable: true }) reviewDueAt: Date | null;
  @Column('timestamptz', { name: 'opened_at' }) openedAt: Date;
}
