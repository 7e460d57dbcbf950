import { Column, Entity, PrimaryColumn } from 'typeorm';

/** When a consent in force runs out, or an override that is asked for or in force. */
@Entity('consent_clocks')
export class ConsentClock {
  /** The consent, or the override. */
  @PrimaryColumn('uuid', { name: 'consent_id' }) consentId: string;
  @Column('boolean', { name: 'is_override' }) isOverride: boolean;
  @Column('uuid', { name: 'client_id' }) clientId: string;
  @Column('timestamptz', { name: 'due_at' }) dueAt: Date;
}
