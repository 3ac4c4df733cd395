/**
 * Database time on this side: the instant of a claim plus what has passed since, on the monotonic clock. Good for the
 * seconds of one segment; timers are always decided by the database itself.
 */
export class DatabaseClock {
  private readonly origin: number;

  /** `now`: database time, ISO 8601. `askedAt`: monotonic time at which it was asked for. */
  constructor(
    now: string,
    private readonly askedAt: number,
  ) {
    this.origin = Date.parse(now);
  }

  /** The instant of the claim, ISO 8601: whatever was stored before it is among what was claimed. */
  get claimedAt(): string {
    return new Date(this.origin).toISOString();
  }

  now(): string {
    return new Date(this.millis()).toISOString();
  }

  millis(): number {
    return this.origin + (performance.now() - this.askedAt);
  }
}
