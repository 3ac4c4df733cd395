/** Where a log line goes: Nest's Logger, or a list in a test. */
export interface LineLog {
  warn(line: string): void;
  log(line: string): void;
}

const REPEAT_MS = 10_000;

/**
 * Says once that the queue fails, reminds each ten seconds while it does, and says when it is back: during an outage
 * every reconnect and every ring fails, and a log that repeats itself hides what matters.
 */
export class OutageLog {
  private saidAt = -Infinity;
  private failing = false;

  constructor(
    private readonly lines: LineLog,
    private readonly monotonicMs: () => number = () => performance.now(),
  ) {}

  failed(error: unknown): void {
    this.failing = true;
    if (this.monotonicMs() - this.saidAt < REPEAT_MS) return;
    this.saidAt = this.monotonicMs();
    this.lines.warn(
      `The queue fails: ${reason(error)}. Nothing is lost: rings are tried again, and the sweeper finds what is ready.`,
    );
  }

  recovered(): void {
    if (!this.failing) return;
    this.failing = false;
    this.saidAt = -Infinity;
    this.lines.log('The queue answers again.');
  }
}

/** The system's errors may come from another realm, where `instanceof` says no. */
function reason(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  if ('errors' in error && Array.isArray(error.errors)) return error.errors.map(reason).join('; ');
  return 'message' in error ? String(error.message) : 'unknown';
}
