import { Injectable } from '@nestjs/common';
import { isDue, nextDue } from '@workflows/core';
import { type ClaimedMailbox, type CommitResult, StorePerformer } from '@workflows/ports';
import { Committer } from '@workflows/storage';
import { ChannelRegistry } from '../channels/channel.registry.js';
import type { DatabaseClock } from '../claims/database-clock.js';
import type { Lease } from '../claims/lease.js';
import { ModelPerformer } from '../models/model.performer.js';
import { NodeRegistry } from '../nodes/node.registry.js';
import { Tenants } from '../tenancy/tenants.js';
import { PublishedWorkflows } from '../triggers/published-workflows.js';
import { CancelWatch } from './cancel-watch.js';
import { HttpEffectPerformer } from './http-effect.performer.js';
import { LetterReader } from './letter-reader.js';
import { LiveRun } from './live-run.js';
import { type Committed, MailboxSession } from './mailbox-session.js';
import { PeopleHold } from './people-hold.js';
import { RunEnds } from './run-ends.js';
import { Segment } from './segment.js';
import { SessionQueue } from './session-queue.js';

export interface AdvanceInput {
  claimed: ClaimedMailbox;
  /** How often the tenant had published when the mailbox was claimed: what new messages start is not older. */
  revision: number;
  lease: Lease;
  clock: DatabaseClock;
}

export interface AdvanceOutput {
  result: CommitResult;
  committed: Committed[];
  /** When the earliest timer of the mailbox is due, ISO 8601; null: only a letter can wake it. */
  wakeAt: string | null;
}

/**
 * Advances one mailbox as far as it goes: what was left open by a worker that vanished, then timers and letters in the
 * order of their time. Ends with one commit that gives the mailbox back.
 */
@Injectable()
export class MailboxRunner {
  constructor(
    private readonly committer: Committer,
    private readonly nodes: NodeRegistry,
    private readonly channels: ChannelRegistry,
    private readonly tenants: Tenants,
    private readonly workflows: PublishedWorkflows,
    private readonly http: HttpEffectPerformer,
    private readonly store: StorePerformer,
    private readonly models: ModelPerformer,
    private readonly cancels: CancelWatch,
  ) {}

  /** Throws LeaseLost when somebody else has taken the mailbox over; then nothing more may be done for it. */
  async advance({ claimed, revision, lease, clock }: AdvanceInput): Promise<AdvanceOutput> {
    const tenant = await this.tenants.get(claimed.tenantId);
    const published = () => this.workflows.of(claimed.tenantId, revision);
    const ends = new RunEnds(published);
    const session = new MailboxSession(claimed, tenant, lease, clock, this.committer, this.channels, ends);
    const { http, store, models, cancels } = this;
    const segment = (run: LiveRun): Segment => new Segment(run, session, this.nodes, { http, store, models, cancels });

    for (const row of claimed.runs) {
      session.runs.push(LiveRun.claimed(row, await this.workflows.graph(claimed.tenantId, row.versionId)));
    }
    for (const [index, row] of claimed.runs.entries()) {
      const run = session.runs[index];
      for (const open of row.openEffects) if (run !== undefined) await segment(run).recover(open);
    }
    for (const run of session.runs) await takeUp(run, segment);
    const hold = new PeopleHold(session, segment);
    const queue = new SessionQueue(session, segment);
    const settle = async (): Promise<void> => {
      await hold.settle();
      await queue.settle();
    };
    await settle();
    const reader = new LetterReader(session, hold, this.workflows, published, segment);
    for (const letter of claimed.letters) {
      await fireTimers(letter.receivedAt, session, segment);
      await settle();
      // Before it is read: a commit on the way holds what the letter has done, so it must not come again.
      session.read(letter.seq);
      await reader.read(letter);
      await settle();
    }
    await fireTimers(session.claimedAt, session, segment);
    await settle();
    const wakeAt = earliest(session.runs.filter((run) => !run.hasEnded).map((run) => nextDue(run.state)));
    const result = await session.release(wakeAt);
    return { result, committed: session.committed, wakeAt };
  }
}

/** A state that was committed in the middle of a segment has tokens at work; their nodes are asked again, which is harmless. */
async function takeUp(run: LiveRun, segment: (run: LiveRun) => Segment): Promise<void> {
  if (!run.hasEnded && run.state.tokens.some(({ phase }) => phase.kind === 'running')) await segment(run).takeUp();
}

/**
 * Timers and letters act in the order of their time: an answer that came before the timeout counts, however late a
 * worker finds both. What falls due after the claim waits for the next one, which brings what came before it.
 */
async function fireTimers(until: string, session: MailboxSession, segment: (run: LiveRun) => Segment): Promise<void> {
  for (const run of [...session.runs]) {
    const due = run.hasEnded ? null : nextDue(run.state);
    if (due !== null && isDue(due, until)) await segment(run).applyWithContext({ type: 'timer', at: session.now() });
  }
}

function earliest(instants: Array<string | null>): string | null {
  const times = instants.filter((instant) => instant !== null).map((instant) => Date.parse(instant));
  return times.length === 0 ? null : new Date(Math.min(...times)).toISOString();
}
