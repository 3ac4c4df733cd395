import { Injectable } from '@nestjs/common';
import { type AcceptItem, type AcceptResult, type ClaimResult, Database } from '@workflows/ports';
import { GroupCommit } from '../group-commit.js';

/** Most items in one call: beyond it a call takes longer without costing less per item. */
const MAX_ITEMS = 200;

/** Who works on what has just been accepted, without a bell: the process itself, as long as it has nothing else to do. */
export interface DirectStart {
  leaseMs: number;
  /** How many mailboxes may be leased right now; 0 while others wait for their turn. */
  room(): number;
  /** Begins to work on them. `askedAt`: monotonic time from which their leases count. */
  begin(claim: ClaimResult, askedAt: number): void;
}

/** Writes what comes in from outside. When `accept` has resolved, its items can no longer be lost. */
@Injectable()
export class InboundStore {
  private readonly group: GroupCommit<AcceptItem, AcceptResult[number]>;
  private direct: DirectStart | null = null;

  constructor(private readonly database: Database) {
    this.group = new GroupCommit({ inFlight: 1, maxItems: MAX_ITEMS, call: (items) => this.store(items) });
  }

  /** From now on what is accepted here is worked on here, where there is room. */
  startDirectly(direct: DirectStart): void {
    this.direct = direct;
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

  private async store(items: AcceptItem[]): Promise<AcceptResult> {
    const room = this.direct?.room() ?? 0;
    if (this.direct === null || room === 0) return this.database.call<AcceptResult>('accept', { p: items });
    const askedAt = performance.now();
    const { accepted, claim } = await this.database.call<{ accepted: AcceptResult; claim: ClaimResult }>('accept_and_claim', {
      p: items,
      p_limit: room,
      p_lease_ms: this.direct.leaseMs,
    });
    const taken = new Set(claim.mailboxes.map(({ mailboxId }) => mailboxId));
    if (taken.size > 0) this.direct.begin(claim, askedAt);
    return accepted.map((result) =>
      result.outcome === 'stored' && taken.has(result.mailboxId) ? { ...result, taken: true } : result,
    );
  }
}

/** Is there something among the results that a worker must be told of? */
export function needsBell(results: AcceptResult): boolean {
  return results.some((result) => result.outcome === 'stored' && result.taken !== true);
}
