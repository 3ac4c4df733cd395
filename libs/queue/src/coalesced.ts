/**
 * Runs `work` one at a time. Calls that come while it runs lead to exactly one more run, however many there were,
 * so that whoever calls knows: a run that began after my call has ended, or will.
 */
export class Coalesced {
  private running: Promise<void> | null = null;
  private next: Promise<void> | null = null;
  private stopped = false;

  constructor(private readonly work: () => Promise<void>) {}

  /** Resolves when a run that began after this call has ended; rejects when that run did. */
  trigger(): Promise<void> {
    if (this.stopped) return Promise.resolve();
    // Asked first: between the end of one run and the start of the next nothing is running.
    if (this.next) return this.next;
    if (!this.running) return this.start();
    this.next = this.running.catch(() => undefined).then(() => (this.stopped ? undefined : this.start()));
    return this.next;
  }

  /** No further run begins; resolves when the running one has ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.running?.catch(() => undefined);
  }

  private start(): Promise<void> {
    this.next = null;
    const run = this.work().finally(() => {
      if (this.running === run) this.running = null;
    });
    this.running = run;
    return run;
  }
}
