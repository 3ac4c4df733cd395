/** How one call ended for the service: `neither` where that says nothing of it, such as a call that was broken off. */
export type CallOutcome = 'worked' | 'failed' | 'neither';

export type Admission =
  | { admitted: true; period: number }
  /** At the earliest after so long may somebody try again. */
  | { admitted: false; retryInMs: number };

/** Failures in a row that open it, and of how many of the latest calls more than half must have failed for the same. */
const IN_A_ROW = 5;
const LATEST = 20;

/** How long it stays open: twice as long each time that it opens again without having been closed. */
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 30_000;

/** Calls that must work one after the other before all are let through again. */
const PROBES = 3;

/**
 * Whether a service is asked at all. It is closed while the service works, and opens when it fails time after time: then
 * nobody asks until a pause is over. After that one call at a time is let through, and after three that work it is closed
 * again. Times are given, so it needs no clock.
 */
export class Circuit {
  private state: 'closed' | 'open' | 'half-open' = 'closed';
  /** Counts the changes of state: a call that began before the latest says nothing of what came after it. */
  private period = 0;
  private inARow = 0;
  private latest: boolean[] = [];
  private openUntilMs = 0;
  private pauseMs = FIRST_PAUSE_MS;
  private probing = false;
  private worked = 0;

  /** Every admitted call must be told of by `settle`. */
  admit(nowMs: number): Admission {
    if (this.state === 'open' && nowMs >= this.openUntilMs) this.become('half-open');
    if (this.state === 'open') return { admitted: false, retryInMs: Math.ceil(this.openUntilMs - nowMs) };
    if (this.state === 'half-open') {
      if (this.probing) return { admitted: false, retryInMs: FIRST_PAUSE_MS };
      this.probing = true;
    }
    return { admitted: true, period: this.period };
  }

  /** True when this has opened it. */
  settle(period: number, outcome: CallOutcome, nowMs: number): boolean {
    if (period !== this.period) return false;
    if (this.state === 'half-open') return this.settleProbe(outcome, nowMs);
    if (outcome === 'neither') return false;
    this.inARow = outcome === 'failed' ? this.inARow + 1 : 0;
    this.latest = [...this.latest, outcome === 'failed'].slice(-LATEST);
    const failed = this.latest.filter(Boolean).length;
    if (this.inARow < IN_A_ROW && (this.latest.length < LATEST || failed * 2 <= LATEST)) return false;
    this.open(nowMs);
    return true;
  }

  private settleProbe(outcome: CallOutcome, nowMs: number): boolean {
    this.probing = false;
    if (outcome === 'failed') {
      this.pauseMs = Math.min(this.pauseMs * 2, LONGEST_PAUSE_MS);
      this.open(nowMs);
      return true;
    }
    if (outcome === 'worked') this.worked += 1;
    if (this.worked < PROBES) return false;
    this.pauseMs = FIRST_PAUSE_MS;
    this.become('closed');
    return false;
  }

  private open(nowMs: number): void {
    this.openUntilMs = nowMs + this.pauseMs;
    this.become('open');
  }

  private become(state: 'closed' | 'open' | 'half-open'): void {
    this.state = state;
    this.period += 1;
    this.inARow = 0;
    this.latest = [];
    this.probing = false;
    this.worked = 0;
  }
}
