import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A command that falls due for a concern which waits for a first response. */
@Entity('response_clocks')
export class ResponseBell {
  @PrimaryColumn('uuid', { name: 'concern_id' }) concernId: string;
  @PrimaryColumn('text') command: string;
  @Column('timestamptz', { name: 'due_at' }) dueAt: Date;
}
