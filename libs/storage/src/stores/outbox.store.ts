import { Injectable } from '@nestjs/common';
import { type BeginSend, Database, type OutboundClaim, type OutboxRelease, type SettleSend } from '@workflows/ports';
import { GroupCommit } from '../group-commit.js';
import type { Lease } from './mailbox.store.js';

const MAX_ITEMS = 200;

export interface SettledSend {
  /** False: somebody else holds the message now. */
  settled: boolean;
  /** A letter was written to the run's mailbox: ring `advance`. */
  ready: boolean;
}

/** Messages on their way out, conversation by conversation and in order. */
@Injectable()
export class OutboxStore {
  private readonly begins: GroupCommit<BeginSend, boolean>;
  private readonly settles: GroupCommit<SettleSend, SettledSend>;

  constructor(private readonly database: Database) {
    this.begins = new GroupCommit({
      inFlight: 1,
      maxItems: MAX_ITEMS,
      call: (items) => database.call<boolean[]>('begin_sends', { p: items }),
    });
    this.settles = new GroupCommit({
      inFlight: 1,
      maxItems: MAX_ITEMS,
      call: (items) => database.call<SettledSend[]>('settle_sends', { p: items }),
    });
  }

  /** Leases up to `limit` conversations that have something to send. `after` as in MailboxStore.claim. */
  claim(limit: number, leaseMs: number, after: string): Promise<OutboundClaim> {
    return this.database.call('claim_outboxes', { p_limit: limit, p_lease_ms: leaseMs, p_after: after });
  }

  /** Only after this has resolved with true may the message be posted. False: leave it and its successors alone. */
  begin({ tenantId, mailboxId, leaseToken, executionId, seq }: BeginSend): Promise<boolean> {
    return this.begins.add({ tenantId, mailboxId, leaseToken, executionId, seq });
  }

  /** Writes what became of a begun message. Also a holder whose lease has run out should still tell. */
  settle(item: SettleSend): Promise<SettledSend> {
    return this.settles.add(item);
  }

  /** Prolongs leases to `leaseMs` from now. By position: false where the lease was lost, and the holder must stop. */
  extend(leases: Lease[], leaseMs: number): Promise<boolean[]> {
    const p = leases.map(({ tenantId, mailboxId, leaseToken }) => ({ kind: 'outbox', tenantId, mailboxId, leaseToken }));
    return this.database.call('extend_leases', { p, p_lease_ms: leaseMs });
  }

  /**
   * Gives leases back. What was begun and not settled is unknown from then on. By position: true when the conversation
   * has more that can go at once, so ring `outbound`.
   */
  release(items: OutboxRelease[]): Promise<boolean[]> {
    const p = items.map(({ tenantId, mailboxId, leaseToken }) => ({ tenantId, mailboxId, leaseToken }));
    return this.database.call('release_outboxes', { p });
  }
}
