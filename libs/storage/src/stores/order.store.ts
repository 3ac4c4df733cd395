import { Injectable } from '@nestjs/common';
import {
  type AcceptResult,
  type CancelOrder,
  Database,
  type OrderTarget,
  type PlacedOrder,
  type RunAtWork,
} from '@workflows/ports';

/** Orders of operators to runs. */
@Injectable()
export class OrderStore {
  constructor(private readonly database: Database) {}

  /** Null: there is no such run. `key`: the order's idempotency key, if it has one. */
  target(tenantId: string, executionId: string, key: string | null): Promise<OrderTarget | null> {
    return this.database.callAsTenant(tenantId, 'order_target', { p_id: executionId, p_key: key });
  }

  /** Puts the orders into their runs' mailboxes and into the audit log. Answers each by its position. */
  place(orders: PlacedOrder[]): Promise<AcceptResult> {
    return this.database.call('place_orders', { p: orders });
  }

  /** By position: the cancel that a run has been ordered and has not read yet, or null. */
  unreadCancels(runs: RunAtWork[]): Promise<Array<CancelOrder | null>> {
    return this.database.call('unread_cancels', { p: runs });
  }
}
