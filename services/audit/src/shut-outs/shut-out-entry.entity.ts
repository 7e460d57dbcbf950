import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Whom a stream says that the reporter of a concern shuts out: marks, of which only whoever comes can be recognised. */
@Entity('shut_outs')
export class ShutOutEntry {
  @PrimaryColumn('text') stream: string;
  @PrimaryColumn('text', { name: 'concern_id' }) concernId: string;
  @Column('text', { array: true }) marks: string[];
  /** Of a reporter's own stream: whose it is, and about which client they reported. */
  @Column('uuid', { name: 'reporter_id', nullable: true }) reporterId: string | null;
  @Column('uuid', { name: 'reported_client_id', nullable: true }) reportedClientId: string | null;
}
