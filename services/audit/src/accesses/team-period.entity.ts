import { Column, Entity, PrimaryColumn } from 'typeorm';

/** From where to where in the log somebody was on the team of a case. */
@Entity('team_periods')
export class TeamPeriod {
  @PrimaryColumn('text', { name: 'case_id' }) caseId: string;
  @PrimaryColumn('text', { name: 'person_id' }) personId: string;
  @PrimaryColumn('bigint', { name: 'joined_at' }) joinedAt: string;
  /** Null: still on it. */
  @Column('bigint', { name: 'left_at', nullable: true }) leftAt: string | null;
  @Column('text', { name: 'client_id' }) clientId: string;
}
