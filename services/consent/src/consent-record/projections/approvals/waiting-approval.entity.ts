import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ApprovalKind } from '@waymark/contracts';

/** What takes two persons, and the second has not decided yet. */
@Entity('waiting_approvals')
export class WaitingApproval {
  /** The erasure or the override. */
  @PrimaryColumn('uuid', { name: 'request_id' }) requestId: string;
  /** Of the event that asks for it. */
  @Column('bigint') position: string;
  @Column('text') kind: ApprovalKind;
  @Column('uuid', { name: 'client_id' }) clientId: string;
  @Column('text', { name: 'requested_by' }) requestedBy: string;
  @Column('timestamptz', { name: 'requested_at' }) requestedAt: Date;
  /** Null: it waits for as long as it takes. */
  @Column('timestamptz', { name: 'valid_until', nullable: true }) validUntil: Date | null;
}
