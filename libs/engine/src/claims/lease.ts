/**
 * What a worker knows of its lease, on the monotonic clock: wall clocks jump, and a frozen process must find out that
 * its time is over before it touches the world again. Fencing in the database protects rows; this protects the network.
 */
export class Lease {
  private deadline: number;

  constructor(
    readonly token: number,
    private readonly leaseMs: number,
    claimedAt: number,
  ) {
    this.deadline = claimedAt + leaseMs;
  }

  /** Is there time for something that takes up to `forMs`? */
  holds(forMs = 0): boolean {
    return performance.now() + forMs < this.deadline;
  }

  /** The database has extended the lease; `askedAt` is when the extension was asked for. */
  extend(askedAt: number): void {
    this.deadline = Math.max(this.deadline, askedAt + this.leaseMs);
  }

  lose(): void {
    this.deadline = 0;
  }
}

/** A lease was lost: whatever was under way must stop, because somebody else has taken over. */
export class LeaseLost extends Error {
  constructor(what: string) {
    super(`The lease of ${what} is lost; its work goes on elsewhere.`);
    this.name = 'LeaseLost';
  }
}
