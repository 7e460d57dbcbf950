import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Somebody saw, or was refused, something about a client. Plain ids and codes only, as they stand in the log. */
@Entity('accesses')
export class AccessEntry {
  /** Of the event that tells of it. */
  @PrimaryColumn('bigint') position: string;
  @Column('uuid', { name: 'event_id' }) eventId: string;
  /** Where the event lies; by it an access belongs to a client. */
  @Column('text') stream: string;
  @Column('text', { name: 'event_type' }) type: string;
  @Column('timestamptz', { name: 'recorded_at' }) recordedAt: Date;
  @Column('timestamptz', { name: 'occurred_at' }) occurredAt: Date;
  @Column('text') service: string;
  @Column('text', { name: 'person_kind' }) personKind: string;
  @Column('text', { name: 'person_id' }) personId: string;
  @Column('text', { nullable: true }) unit: string | null;
  /** Stream of what was asked for; null where it was a list. */
  @Column('text', { nullable: true }) resource: string | null;
  /** Streams of what a list showed; null where it was none. By these, too, an access belongs to a client. */
  @Column('text', { array: true, nullable: true }) shown: string[] | null;
  @Column('text') what: string;
  @Column('text', { array: true, nullable: true }) categories: string[] | null;
  @Column('text', { nullable: true }) purpose: string | null;
  @Column('text', { nullable: true }) ground: string | null;
  @Column('text') outcome: 'allowed' | 'refused';
  @Column('text', { name: 'consent_id', nullable: true }) consentId: string | null;
  @Column('text', { name: 'disclosure_id', nullable: true }) disclosureId: string | null;
}
