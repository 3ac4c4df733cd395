import { Logger } from '@nestjs/common';
import type { ChannelCapabilities, ExecutionContext } from '@workflows/core';
import {
  type ClaimedMailbox,
  type CommitResult,
  type ContactFacts,
  crashPoint,
  type MailboxCommit,
  type MailboxWrite,
  type TenantRecord,
} from '@workflows/ports';
import type { Committer } from '@workflows/storage';
import type { ChannelRegistry } from '../channels/channel.registry.js';
import type { DatabaseClock } from '../claims/database-clock.js';
import { executionContext } from './execution-context.js';
import { type Lease, LeaseLost } from '../claims/lease.js';
import type { LiveRun } from './live-run.js';
import type { RunEnds } from './run-ends.js';

/** What was committed for one run, for the facts that are told afterwards. */
export type Committed = ReturnType<LiveRun['take']>;

/** One mailbox under lease, from its claim to its release: the runs in it, the time, and the commits. */
export class MailboxSession {
  private static readonly logger = new Logger('Mailbox');
  readonly runs: LiveRun[] = [];
  readonly committed: Committed[] = [];
  private writes: MailboxWrite[] = [];
  private optedOut: boolean | undefined;
  /** As a run of this mailbox has changed it since the claim. */
  private changedContact: ContactFacts | undefined;
  /** The last letter that has been dealt with. */
  private readUpTo: number;

  constructor(
    readonly claimed: ClaimedMailbox,
    readonly tenant: TenantRecord,
    readonly lease: Lease,
    private readonly clock: DatabaseClock,
    private readonly committer: Committer,
    private readonly channels: ChannelRegistry,
    private readonly ends: RunEnds,
  ) {
    this.readUpTo = (claimed.letters[0]?.seq ?? claimed.readUpTo + 1) - 1;
  }

  get tenantId(): string {
    return this.claimed.tenantId;
  }

  get mailboxId(): string {
    return this.claimed.mailboxId;
  }

  now(): string {
    return this.clock.now();
  }

  get claimedAt(): string {
    return this.clock.claimedAt;
  }

  context(): ExecutionContext {
    const { changedContact: contact } = this;
    const claimed = contact === undefined ? this.claimed : { ...this.claimed, contact };
    const context = executionContext(claimed, this.tenant, (channel) => this.capabilities(channel));
    if (context.contact !== undefined && this.optedOut !== undefined) context.contact.optedOut = this.optedOut;
    return context;
  }

  capabilities(channel: string): ChannelCapabilities {
    return this.channels.get(channel).capabilities;
  }

  read(seq: number): void {
    this.readUpTo = seq;
  }

  changeContact(contact: ContactFacts): void {
    this.changedContact = contact;
    this.optedOut = undefined;
  }

  /** For the next commit. */
  write(write: MailboxWrite): void {
    this.writes.push(write);
    if (write.type === 'consent') this.optedOut = write.optedOut;
  }

  /** Writes what there is and keeps the lease. Whatever follows may touch the world. */
  async checkpoint(): Promise<void> {
    await this.commit(null);
  }

  /** Writes what there is and gives the mailbox back, to be woken when the earliest timer of its runs is due. */
  async release(wakeAt: string | null): Promise<CommitResult> {
    return this.commit({ wakeAt });
  }

  reportDefect(error: unknown, executionId: string, node: string): void {
    MailboxSession.logger.error({ msg: 'A node failed unexpectedly', tenantId: this.tenantId, executionId, node, err: error });
  }

  private async commit(release: { wakeAt: string | null } | null): Promise<CommitResult> {
    if (!this.lease.holds()) throw new LeaseLost(`mailbox ${this.mailboxId}`);
    const dirty = this.runs.filter((run) => run.isDirty);
    for (const run of dirty) await this.ends.tell(run);
    const runs = dirty.map((run) => run.take());
    const item: MailboxCommit = {
      tenantId: this.tenantId,
      mailboxId: this.mailboxId,
      leaseToken: this.lease.token,
      readUpTo: this.readUpTo,
      runs,
      writes: this.writes,
      release: release !== null,
      wakeAt: release?.wakeAt ?? null,
    };
    this.writes = [];
    crashPoint('advance.before-commit');
    const result = await this.committer.commit(item);
    if (!result.committed) {
      this.lease.lose();
      throw new LeaseLost(`mailbox ${this.mailboxId}`);
    }
    crashPoint('advance.after-commit');
    this.committed.push(...runs);
    return result;
  }
}
