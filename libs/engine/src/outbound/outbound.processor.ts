import { Inject, Injectable, Logger } from '@nestjs/common';
import { type ClaimedOutbox, crashPoint, Doorbell, type OutboundItem } from '@workflows/ports';
import { OutboxStore } from '@workflows/storage';
import { ClaimLoop, type ClaimTime } from '../claims/claim-loop.js';
import { Lease } from '../claims/lease.js';
import { ENGINE_OPTIONS, type EngineOptions } from '../engine-options.js';
import { Metrics } from '../metrics/metrics.js';
import { MessageSender } from './message.sender.js';
import { Pacer } from './pacer.js';

/** Answers the bell `outbound`: sends what runs have decided, in order for each conversation, paced for each connection. */
@Injectable()
export class OutboundProcessor {
  private readonly logger = new Logger(OutboundProcessor.name);
  private readonly loop: ClaimLoop<ClaimedOutbox>;

  constructor(
    @Inject(ENGINE_OPTIONS) private readonly options: EngineOptions,
    private readonly outboxes: OutboxStore,
    private readonly sender: MessageSender,
    private readonly pacer: Pacer,
    private readonly doorbell: Doorbell,
    private readonly metrics: Metrics,
  ) {
    this.loop = new ClaimLoop({
      what: 'outboxes',
      concurrency: options.concurrency,
      batch: options.claimBatch,
      claim: (limit, after) => this.claim(limit, after),
      work: (outbox, time) => this.empty(outbox, time),
    });
  }

  async start(): Promise<void> {
    await this.doorbell.listen('outbound', () => this.loop.answer());
  }

  /** Claims nothing more and waits for the sends that are under way. */
  async stop(): Promise<void> {
    await this.loop.stop();
  }

  private async claim(limit: number, after: string) {
    const { outboxes, ...claim } = await this.outboxes.claim(limit, this.options.leaseMs, after);
    if (outboxes.length > 0) crashPoint('outbound.after-claim');
    return { ...claim, items: outboxes };
  }

  /** Sends the messages of one conversation, one after the other. */
  private async empty(outbox: ClaimedOutbox, time: ClaimTime): Promise<void> {
    const { tenantId, mailboxId, leaseToken } = outbox;
    const lease = new Lease(leaseToken, this.options.leaseMs, time.askedAt);
    try {
      for (const item of outbox.items) if (!(await this.send(outbox, item, lease, time))) break;
      const [ready] = await this.outboxes.release([{ tenantId, mailboxId, leaseToken }]);
      if (ready === true) this.doorbell.ring('outbound');
    } catch (error) {
      // What was not settled stays `sending`; when the lease runs out it becomes unknown, and is never sent blindly.
      this.logger.error({ msg: 'An outbox could not be emptied', tenantId, mailboxId, err: error });
    }
  }

  /** False: this conversation must wait, because a later message may not overtake this one. */
  private async send(outbox: ClaimedOutbox, item: OutboundItem, lease: Lease, { clock }: ClaimTime): Promise<boolean> {
    const { tenantId, mailboxId, leaseToken } = outbox;
    const key = { tenantId, mailboxId, leaseToken, executionId: item.executionId, seq: item.seq };
    await this.pacer.turn(outbox.connectionId);
    // The lease must outlast the whole send, or two workers could be at the same message.
    const isInTime = () => lease.holds(this.options.sendTimeoutMs);
    if (this.loop.isStopping || !isInTime()) return false;
    crashPoint('outbound.before-begin');
    if (!(await this.outboxes.begin(key))) return false;
    const settlement = await this.sender.attempt(outbox, item, clock.millis(), isInTime);
    const { ready } = await this.outboxes.settle({ ...key, ...settlement });
    crashPoint('outbound.after-settle');
    this.metrics.sends.inc({ channel: outbox.channel, outcome: settlement.state });
    if (ready) this.doorbell.ring('advance');
    return settlement.state === 'sent' || settlement.state === 'failed';
  }
}
