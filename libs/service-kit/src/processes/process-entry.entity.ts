import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What an operator sees of a process: ids, codes and times. */
@Entity('processes')
export class ProcessEntry {
  @PrimaryColumn('uuid', { name: 'process_id' }) processId: string;
  @Column('text') process: string;
  @Column('integer') version: number;
  @Column('uuid') about: string;
  @Column('timestamptz') since: Date;
  /** Where it is; the last one when it is completed. */
  @Column('text') step: string;
  /** Deadline of the step it is at. Null when it is completed. */
  @Column('timestamptz', { name: 'due_at', nullable: true }) dueAt: Date | null;
  @Column('timestamptz', { name: 'completed_at', nullable: true }) completedAt: Date | null;
  @Column('jsonb') steps: readonly StepEntry[];
}

/** A step that has begun. Moments as the log has them. */
export interface StepEntry {
  readonly step: string;
  readonly since: string;
  readonly dueAt: string;
  readonly takenAt: readonly string[];
  readonly awaits: readonly string[];
  readonly answers: readonly { readonly awaited: string; readonly answer: string; readonly at: string }[];
  readonly overdueAt: string | null;
  readonly doneAt: string | null;
}
