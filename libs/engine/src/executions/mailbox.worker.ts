import { Inject, Injectable, Logger } from '@nestjs/common';
import type { ClaimedMailbox } from '@workflows/ports';
import type { ClaimTime } from '../claims/claim-loop.js';
import { Lease, LeaseLost } from '../claims/lease.js';
import { ENGINE_OPTIONS, type EngineOptions } from '../engine-options.js';
import { Metrics } from '../metrics/metrics.js';
import { AfterCommit } from './after-commit.js';
import { LeaseKeeper } from './lease-keeper.js';
import { MailboxRunner } from './mailbox.runner.js';

/** Has one claimed mailbox advanced under its lease, and answers for whatever goes wrong with it. */
@Injectable()
export class MailboxWorker {
  private readonly logger = new Logger(MailboxWorker.name);

  constructor(
    @Inject(ENGINE_OPTIONS) private readonly options: EngineOptions,
    private readonly runner: MailboxRunner,
    private readonly leases: LeaseKeeper,
    private readonly afterCommit: AfterCommit,
    private readonly metrics: Metrics,
  ) {}

  /** Never rejects. `revision`: how often the tenant had published when the mailbox was claimed. */
  async advance(claimed: ClaimedMailbox, revision: number, { clock, askedAt }: ClaimTime): Promise<void> {
    const lease = new Lease(claimed.leaseToken, this.options.leaseMs, askedAt);
    const kept = this.leases.keep(claimed, lease);
    try {
      const advanced = await this.runner.advance({ claimed, revision, lease, clock });
      this.afterCommit.follow(claimed, advanced, clock);
    } catch (error) {
      // Nothing of this segment is written. The mailbox comes back when its lease runs out.
      if (error instanceof LeaseLost) {
        this.metrics.fenced.inc();
        this.logger.warn({ msg: error.message, tenantId: claimed.tenantId });
      } else {
        this.logger.error({
          msg: 'A mailbox could not be advanced',
          tenantId: claimed.tenantId,
          mailboxId: claimed.mailboxId,
          err: error,
        });
      }
    } finally {
      kept.release();
    }
  }
}
