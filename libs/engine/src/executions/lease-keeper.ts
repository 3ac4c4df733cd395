import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { MailboxStore } from '@workflows/storage';
import { ENGINE_OPTIONS, type EngineOptions } from '../engine-options.js';
import type { Lease } from '../claims/lease.js';

interface Kept {
  tenantId: string;
  mailboxId: string;
  lease: Lease;
}

/** Extends the leases of all mailboxes under way, in one call for all of them, well before they run out. */
@Injectable()
export class LeaseKeeper implements OnApplicationShutdown {
  private readonly logger = new Logger(LeaseKeeper.name);
  private readonly kept = new Set<Kept>();
  private readonly timer: NodeJS.Timeout;

  constructor(
    @Inject(ENGINE_OPTIONS) private readonly options: EngineOptions,
    private readonly mailboxes: MailboxStore,
  ) {
    this.timer = setInterval(() => void this.extend(), options.leaseMs / 3);
    this.timer.unref();
  }

  keep(mailbox: { tenantId: string; mailboxId: string }, lease: Lease): { release: () => void } {
    const entry: Kept = { tenantId: mailbox.tenantId, mailboxId: mailbox.mailboxId, lease };
    this.kept.add(entry);
    return { release: () => this.kept.delete(entry) };
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private async extend(): Promise<void> {
    const entries = [...this.kept];
    if (entries.length === 0) return;
    const askedAt = performance.now();
    try {
      const held = await this.mailboxes.extend(
        entries.map(({ tenantId, mailboxId, lease }) => ({ tenantId, mailboxId, leaseToken: lease.token })),
        this.options.leaseMs,
      );
      entries.forEach((entry, index) => (held[index] === true ? entry.lease.extend(askedAt) : entry.lease.lose()));
    } catch (error) {
      // Without an extension the leases run out by themselves, on this side first.
      this.logger.warn({ msg: 'Cannot extend leases', err: error });
    }
  }
}
