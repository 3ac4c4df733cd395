import { byTurn, isHandedOff, listeners, windowFailure } from '@workflows/core';
import type { LiveRun } from './live-run.js';
import type { MailboxSession } from './mailbox-session.js';
import type { Segment } from './segment.js';

/**
 * Who has the conversation of a mailbox: runs, or people. People have it while a run waits in a hand-off, or since a person
 * has answered by themselves. All other runs are silenced meanwhile, each by an event of its history.
 */
export class PeopleHold {
  private taken: boolean;

  constructor(
    private readonly session: MailboxSession,
    private readonly segment: (run: LiveRun) => Segment,
  ) {
    this.taken = session.claimed.takenBy !== null;
  }

  get isTaken(): boolean {
    return this.taken;
  }

  get isOn(): boolean {
    return this.taken || this.alive().some(isHandedOff);
  }

  /** A person has answered. In a hand-off the conversation is theirs already. */
  take(by: string): void {
    if (this.isOn) return;
    this.taken = true;
    this.session.write({ type: 'taken', by });
  }

  giveBack(): void {
    if (!this.taken) return;
    this.taken = false;
    this.session.write({ type: 'given_back' });
  }

  /** Brings every run to what holds now. To be called after whatever may have changed it. */
  async settle(): Promise<void> {
    for (let run = this.next(); run !== undefined; run = this.next()) {
      const at = this.session.now();
      if (run.state.silenced === undefined) await this.segment(run).apply({ type: 'silenced', at });
      else await this.segment(run).applyWithContext({ type: 'released', at, ...this.repeatOf(run) });
    }
  }

  /** A run that is not as it should be. */
  private next(): LiveRun | undefined {
    const isOn = this.isOn;
    return this.alive().find((run) => (run.state.silenced !== undefined) !== (isOn && !isHandedOff(run)));
  }

  /** The ask that has the turn, if it is of this run and the channel lets it speak. */
  private repeatOf(run: LiveRun): { repeat?: number } {
    const { conversation } = this.session.claimed;
    const [ask] = byTurn(listeners(this.alive(), 'answer'));
    if (conversation === null || ask === undefined || ask.run !== run) return {};
    const capabilities = this.session.capabilities(conversation.channel);
    const now = Date.parse(this.session.now());
    const closed = windowFailure({ type: 'content' }, capabilities, conversation.lastInboundAt, now);
    return closed === null ? { repeat: ask.token.id } : {};
  }

  private alive(): LiveRun[] {
    return this.session.runs.filter((run) => !run.hasEnded);
  }
}
