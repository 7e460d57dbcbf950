import { Column, Entity, PrimaryColumn } from 'typeorm';

/** When a consent in force runs out. */
@Entity('consent_clocks')
export class ConsentClock {
  @PrimaryColumn('uuid', { name: 'consent_id' }) consentId: string;
  @Column('uuid', { name: 'client_id' }) clientId: string;
  @Column('timestamptz', { name: 'due_at' }) dueAt: Date;
}
