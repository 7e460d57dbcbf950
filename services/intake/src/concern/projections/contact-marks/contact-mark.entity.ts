import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How the reporter of a concern can be reached, as marks that tell nobody. Goes with the erasure of the reporter. */
@Entity('contact_marks')
export class ContactMark {
  @PrimaryColumn('uuid', { name: 'concern_id' }) concernId: string;
  @Column('timestamptz', { name: 'contact_at' }) contactAt: Date;
  @Column('text', { array: true }) marks: string[];
}
