import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How one contact was answered. */
@Entity('first_responses')
export class FirstResponseEntry {
  @PrimaryColumn('uuid', { name: 'fact_id' }) factId: string;
  @Column('text') month: string;
  @Column('text') channel: string;
  /** Whether the contact is known to the minute. */
  @Column('boolean') measurable: boolean;
  /** A band of hours, `unanswered` so far, or `imprecise`: it cannot be said how long it took. */
  @Column('text') answer: string;
}
