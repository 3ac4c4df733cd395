import { Inject, Injectable } from '@nestjs/common';
import { type ClaimedMailbox, type ClaimResult, crashPoint, Doorbell } from '@workflows/ports';
import { InboundStore, MailboxStore } from '@workflows/storage';
import { ClaimLoop } from '../claims/claim-loop.js';
import { DatabaseClock } from '../claims/database-clock.js';
import { ENGINE_OPTIONS, type EngineOptions } from '../engine-options.js';
import { MailboxWorker } from './mailbox.worker.js';

/** A mailbox, with how often its tenant had published when it was claimed. */
type ClaimedWithRevision = ClaimedMailbox & { revision: number };

/** Answers the bell `advance`: claims fair batches of ready mailboxes and has each advanced until nobody has more. */
@Injectable()
export class AdvanceProcessor {
  private readonly loop: ClaimLoop<ClaimedWithRevision>;

  constructor(
    @Inject(ENGINE_OPTIONS) private readonly options: EngineOptions,
    private readonly mailboxes: MailboxStore,
    private readonly inbound: InboundStore,
    worker: MailboxWorker,
    private readonly doorbell: Doorbell,
  ) {
    this.loop = new ClaimLoop({
      what: 'mailboxes',
      concurrency: options.concurrency,
      batch: options.claimBatch,
      claim: (limit, after) => this.claim(limit, options.leaseMs, after),
      work: (mailbox, time) => worker.advance(mailbox, mailbox.revision, time),
    });
  }

  async start(): Promise<void> {
    this.inbound.startDirectly({
      leaseMs: this.options.leaseMs,
      room: () => this.loop.spare(),
      begin: (claim, askedAt) => this.loop.begin(withRevisions(claim), { clock: new DatabaseClock(claim.now, askedAt), askedAt }),
    });
    await this.doorbell.listen('advance', () => this.loop.answer());
  }

  /** Claims nothing more and waits until what is under way has been given back. */
  async stop(): Promise<void> {
    await this.loop.stop();
  }

  private async claim(limit: number, leaseMs: number, after: string) {
    const claim = await this.mailboxes.claim(limit, leaseMs, after);
    if (claim.mailboxes.length > 0) crashPoint('advance.after-claim');
    return { ...claim, items: withRevisions(claim) };
  }
}

function withRevisions({ mailboxes, revisions }: ClaimResult): ClaimedWithRevision[] {
  return mailboxes.map((mailbox) => ({ ...mailbox, revision: revisions[mailbox.tenantId] ?? 0 }));
}
