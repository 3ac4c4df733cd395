import { Injectable } from '@nestjs/common';
import { type AcceptItem, type AcceptResult, Database } from '@workflows/ports';
import { GroupCommit } from '../group-commit.js';

/** Most items in one call: beyond it a call takes longer without costing less per item. */
const MAX_ITEMS = 200;

/** Writes what comes in from outside. When `accept` has resolved, its items can no longer be lost. */
@Injectable()
export class InboundStore {
  private readonly group: GroupCommit<AcceptItem, AcceptResult[number]>;

  constructor(database: Database) {
    this.group = new GroupCommit({
      inFlight: 1,
      maxItems: MAX_ITEMS,
      call: (items) => database.call<AcceptResult>('accept', { p: items }),
    });
  }

  /**
   * Stores the items in their order and answers each by its position. Rejects with DatabaseRefusal `invalid` when an
   * item names a tenant or connection that does not exist (the others may be stored then, and repeats do no harm), and
   * with DatabaseUnavailable when the database is away.
   */
  async accept(items: AcceptItem[]): Promise<AcceptResult> {
    const outcomes = await Promise.allSettled(items.map((item) => this.group.add(item)));
    return outcomes.map((outcome) => {
      if (outcome.status === 'rejected') throw outcome.reason;
      return outcome.value;
    });
  }
}
