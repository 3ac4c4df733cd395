import { Injectable } from '@nestjs/common';
import { type ClaimResult, Database } from '@workflows/ports';

/** A lease on a mailbox or on an outbox, as its holder proves it. */
export interface Lease {
  tenantId: string;
  mailboxId: string;
  leaseToken: number;
}

/** Mailboxes that are ready to be advanced. What is claimed goes on to the Committer. */
@Injectable()
export class MailboxStore {
  constructor(private readonly database: Database) {}

  /**
   * Leases up to `limit` ready mailboxes, shared fairly between the tenants that have some.
   * `after` is the `after` of the last claim, '' at first.
   */
  claim(limit: number, leaseMs: number, after: string): Promise<ClaimResult> {
    return this.database.call('claim_mailboxes', { p_limit: limit, p_lease_ms: leaseMs, p_after: after });
  }

  /** Prolongs leases to `leaseMs` from now. By position: false where the lease was lost, and the holder must stop. */
  extend(leases: Lease[], leaseMs: number): Promise<boolean[]> {
    const p = leases.map(({ tenantId, mailboxId, leaseToken }) => ({ kind: 'mailbox', tenantId, mailboxId, leaseToken }));
    return this.database.call('extend_leases', { p, p_lease_ms: leaseMs });
  }

  /** Gives leases back without a commit, so that somebody else may claim at once. Resolves with how many were held. */
  release(leases: Lease[]): Promise<number> {
    const p = leases.map(({ tenantId, mailboxId, leaseToken }) => ({ tenantId, mailboxId, leaseToken }));
    return this.database.call('release_mailboxes', { p });
  }
}
