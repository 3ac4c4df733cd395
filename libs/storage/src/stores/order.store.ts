import { Injectable } from '@nestjs/common';
import {
  type AcceptResult,
  type CancelOrder,
  Database,
  type ForkTarget,
  type OrderTarget,
  type PlacedFork,
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

  /** `forkId`: the id that the fork will have. */
  forkTarget(tenantId: string, executionId: string, forkId: string): Promise<ForkTarget> {
    return this.database.callAsTenant(tenantId, 'fork_target', { p_id: executionId, p_fork: forkId });
  }

  /** Puts the start of a fork into its mailbox, with the record of it. `not_found`: the run is gone. */
  async placeFork(fork: PlacedFork): Promise<AcceptResult[number] | undefined> {
    const [result] = await this.database.call<AcceptResult>('place_forks', { p: [fork] });
    return result;
  }

  /** By position: the cancel that a run has been ordered and has not read yet, or null. */
  unreadCancels(runs: RunAtWork[]): Promise<Array<CancelOrder | null>> {
    return this.database.call('unread_cancels', { p: runs });
  }
}
