import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A month in which something changed about one case. */
@Entity('case_months')
export class CaseMonth {
  @PrimaryColumn('uuid', { name: 'fact_id' }) factId: string;
  @PrimaryColumn('text') month: string;
  /** Empty: it was not there yet. */
  @Column('text', { name: 'stage_before' }) stageBefore: string;
  /** At the end of the month. */
  @Column('text') stage: string;
  /** How often in this month. */
  @Column('integer') opened: number;
  @Column('integer') reopened: number;
  @Column('integer') closed: number;
}
