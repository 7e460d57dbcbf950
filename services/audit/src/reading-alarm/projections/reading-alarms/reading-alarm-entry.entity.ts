import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ReadingFinding, ReadingRule } from '@waymark/contracts';

@Entity('reading_alarms')
export class ReadingAlarmEntry {
  @PrimaryColumn('uuid', { name: 'alarm_id' }) alarmId: string;
  /** Of the event that raised it. */
  @Column('bigint') position: string;
  @Column('text') rule: ReadingRule;
  @Column('text', { name: 'person_id' }) personId: string;
  @Column('text', { nullable: true }) unit: string | null;
  @Column('integer') count: number;
  @Column('bigint', { name: 'access_position' }) accessPosition: string;
  @Column('timestamptz', { name: 'accessed_at' }) accessedAt: Date;
  /** Null: nobody has looked at it yet. */
  @Column('text', { nullable: true }) finding: ReadingFinding | null;
  @Column('text', { name: 'reviewer_id', nullable: true }) reviewerId: string | null;
  @Column('timestamptz', { name: 'reviewed_at', nullable: true }) reviewedAt: Date | null;
}
