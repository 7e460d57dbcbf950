import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { PersonOfConcern } from '@waymark/contracts';

/** Since when nothing has happened in a concern. Ids only. */
@Entity('quiet_concerns')
export class QuietConcern {
  @PrimaryColumn('uuid', { name: 'concern_id' }) concernId: string;
  /** The ids of its client, the one that they came with before included. */
  @Column('uuid', { array: true, name: 'client_ids' }) clientIds: string[];
  @Column('timestamptz', { name: 'quiet_since' }) quietSince: Date;
  /** A case followed. */
  @Column('boolean') accepted: boolean;
  /** Whoever reported is not the client. */
  @Column('boolean', { name: 'reporter_apart' }) reporterApart: boolean;
  @Column('text', { array: true }) erased: PersonOfConcern[];
  /** That it has been kept for long enough has been told, and nothing has happened since. */
  @Column('boolean') told: boolean;
}
