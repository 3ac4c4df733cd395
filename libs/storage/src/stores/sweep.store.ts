import { Injectable } from '@nestjs/common';
import { Database, type SweepResult } from '@workflows/ports';

/** What housekeeping drops: each by a function of its own, `workflows.forget_<what>`. */
export const FORGOTTEN = ['writes', 'receipts', 'events', 'webchat'] as const;
export type Forgotten = (typeof FORGOTTEN)[number];

/** Finds again what a lost ring, a killed process or the passing of time has left behind. */
@Injectable()
export class SweepStore {
  constructor(private readonly database: Database) {}

  /**
   * One sweep over at most `limit` rows of each kind; any number of processes may sweep at once. `unknownWaitMs` is how
   * long a send without an answer waits for a receipt. In calm every count in `recovered` is 0.
   */
  sweep(limit: number, unknownWaitMs: number): Promise<SweepResult> {
    return this.database.call('sweep', { p_limit: limit, p_unknown_wait_ms: unknownWaitMs });
  }

  /** Makes the history's partitions for the coming months. Once a day is plenty. Resolves with how many were made. */
  ensurePartitions(): Promise<number> {
    return this.database.call('ensure_partitions', {});
  }

  /** Drops a batch of what is of no use any more: how many. */
  forget(what: Forgotten, limit: number): Promise<number> {
    return this.database.call(`forget_${what}`, { p_limit: limit });
  }
}
