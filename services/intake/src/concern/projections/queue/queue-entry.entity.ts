import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { PersonOfConcern } from '@waymark/contracts';

/** One line of the queue: clock, language, priority and place, no more. Goes with the erasure of the person. */
@Entity('concern_queue')
export class QueueEntry {
  @PrimaryColumn('uuid', { name: 'concern_id' }) concernId: string;
  @Column('uuid', { name: 'client_id' }) clientId: string;
  /** That, and that of the client who came before, unless the link was refused. */
  @Column('uuid', { name: 'client_ids', array: true }) clientIds: string[];
  @Column('uuid', { name: 'reporter_id' }) reporterId: string;
  @Column('text') channel: string;
  @Column('text') language: string;
  @Column('text', { nullable: true }) country: string | null;
  @Column('text', { name: 'duty_station', nullable: true }) dutyStation: string | null;
  @Column('text') status: string;
  @Column('text', { nullable: true }) priority: string | null;
  @Column('boolean', { name: 'immediate_danger' }) immediateDanger: boolean;
  /** No person has responded yet. */
  @Column('boolean') waiting: boolean;
  /** When whoever reported has written what nobody has answered yet: the first of it. */
  @Column('timestamptz', { name: 'unanswered_since', nullable: true }) unansweredSince: Date | null;
  @Column('timestamptz', { name: 'contact_at' }) contactAt: Date;
  @Column('timestamptz', { name: 'due_at', nullable: true }) dueAt: Date | null;
  @Column('boolean') overdue: boolean;
  @Column('text', { name: 'escalated_to', nullable: true }) escalatedTo: string | null;
  @Column('text', { name: 'officer_id', nullable: true }) officerId: string | null;
  /** The desk that it belongs to; null where there was no alternate desk. */
  @Column('text', { nullable: true }) desk: string | null;
  /** For whom the concern no longer exists. */
  @Column('text', { array: true }) recused: string[];
  /** Of everybody who is shut out, as they stand in the log (`ShutOutMarks`): they stay when the columns after them go. */
  @Column('text', { array: true, name: 'marks_in_log' }) marksInLog: string[];
  /** Marks of people (`StaffMarks`), never their ids. */
  @Column('text', { array: true, name: 'shut_out_marks' }) shutOutMarks: string[];
  @Column('text', { array: true, name: 'shut_out_roles' }) shutOutRoles: string[];
  @Column('text', { array: true, name: 'shut_out_units' }) shutOutUnits: string[];
  /** Whose keys open in the log who is shut out: with the last of them the columns before go. */
  @Column('text', { array: true, name: 'shut_out_told_for' }) shutOutToldFor: PersonOfConcern[];
}
