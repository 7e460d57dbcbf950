import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Something that falls due for a process: its start, the taking of a step, or its deadline. */
@Entity('process_clocks')
export class ProcessBell {
  @PrimaryColumn('uuid', { name: 'process_id' }) processId: string;
  @PrimaryColumn('text') work: ProcessWork;
  /** Empty for the start. */
  @PrimaryColumn('text') step: string;
  /** Of a taking; 0 for the others. */
  @PrimaryColumn('integer') attempt: number;
  @Column('timestamptz', { name: 'due_at' }) dueAt: Date;
  /** For the start alone: which process, about what, and the stream of its cause. */
  @Column('text', { nullable: true }) process: string | null;
  @Column('uuid', { nullable: true }) about: string | null;
  @Column('text', { nullable: true }) stream: string | null;
}

export type ProcessWork = 'start' | 'take' | 'overdue';
