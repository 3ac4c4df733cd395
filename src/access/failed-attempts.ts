const ALLOWED = 10;
const WINDOW_MS = 60_000;
const MOST_ADDRESSES = 10_000;

/**
 * Counts refused keys per address. After ten in a minute the address has to wait, before anything is looked up for it.
 * Held in memory: each process guards its own door, and the number of addresses kept is bounded.
 */
export class FailedAttempts {
  private readonly windows = new Map<string, { count: number; endsAt: number }>();

  /** `now` is in milliseconds and only moves forward. */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Seconds until this address may try again; 0 when it may now. */
  waitOf(address: string): number {
    const window = this.windows.get(address);
    if (window === undefined || window.count < ALLOWED) return 0;
    return Math.max(0, Math.ceil((window.endsAt - this.now()) / 1000));
  }

  count(address: string): void {
    const now = this.now();
    const window = this.windows.get(address);
    if (window !== undefined && window.endsAt > now) {
      window.count += 1;
      return;
    }
    this.windows.delete(address);
    this.makeRoom(now);
    this.windows.set(address, { count: 1, endsAt: now + WINDOW_MS });
  }

  /** Windows stand in the order in which they end, so whatever is over stands in front. */
  private makeRoom(now: number): void {
    for (const [address, window] of this.windows) {
      if (window.endsAt > now && this.windows.size < MOST_ADDRESSES) return;
      this.windows.delete(address);
    }
  }
}
