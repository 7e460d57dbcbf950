import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Which concern a receipt opens, and how much of it. */
@Entity('receipts')
export class ReceiptEntry {
  @PrimaryColumn('text', { name: 'receipt_hash' }) receiptHash: string;
  @Column('uuid', { name: 'concern_id' }) concernId: string;
  @Column('text') scope: string;
}
