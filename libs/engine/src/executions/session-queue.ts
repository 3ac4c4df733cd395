import { nextAdmitted } from '@workflows/core';
import type { LiveRun } from './live-run.js';
import type { MailboxSession } from './mailbox-session.js';
import type { Segment } from './segment.js';

/** Lets runs begin that wait for the end of another one of their session, one after the other. */
export class SessionQueue {
  constructor(
    private readonly session: MailboxSession,
    private readonly segment: (run: LiveRun) => Segment,
  ) {}

  /** To be called after whatever may have ended a run. A run that ends at once lets the next one begin. */
  async settle(): Promise<void> {
    for (let run = this.next(); run !== null; run = this.next()) {
      await this.segment(run).applyWithContext({ type: 'admitted', at: this.session.now() });
    }
  }

  private next(): LiveRun | null {
    return nextAdmitted(this.session.runs.filter((run) => !run.hasEnded));
  }
}
