import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Whom a stream says that the reporter of a concern shuts out: marks, of which only whoever comes can be recognised. */
@Entity('shut_outs')
export class ShutOutEntry {
  @PrimaryColumn('text') stream: string;
  @PrimaryColumn('text', { name: 'concern_id' }) concernId: string;
  @Column('text', { array: true }) marks: string[];
  /** Whose history tells of whom, where it is another client. */
  @Column('uuid', { name: 'client_id', nullable: true }) clientId: string | null;
  @Column('uuid', { name: 'tells_of', nullable: true }) tellsOf: string | null;
}
