import { Injectable } from '@nestjs/common';
import { Database, type StatusReceipt } from '@workflows/ports';

export interface RecordedReceipts {
  /** Letters written to runs: above 0 ring `advance`. */
  mailboxes: number;
  /** Messages that others may have waited for and that are settled now: above 0 ring `outbound`. */
  outboxes: number;
  /** Receipts kept until the send they speak of tells its provider's id. */
  early: number;
}

/** What providers report later about messages. Any order and any number of repeats are fine. */
@Injectable()
export class ReceiptStore {
  constructor(private readonly database: Database) {}

  async record(receipts: StatusReceipt[]): Promise<RecordedReceipts> {
    if (receipts.length === 0) return { mailboxes: 0, outboxes: 0, early: 0 };
    return this.database.call('record_receipts', { p: receipts });
  }
}
