import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How far the erasure of a client is, and since when nothing has happened about them. */
@Entity('erasures')
export class ErasureEntry {
  @PrimaryColumn('uuid', { name: 'client_id' }) clientId: string;
  @Column('timestamptz', { name: 'last_event_at' }) lastEventAt: Date;
  /** Null while nobody asks for it: a request that ended without approval leaves it as it was before. */
  @Column('text', { nullable: true }) status: string | null;
  @Column('timestamptz', { name: 'answers_due_at', nullable: true }) answersDueAt: Date | null;
}
