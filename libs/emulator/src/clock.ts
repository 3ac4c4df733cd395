/** The emulator's own time: the machine's, plus what was skipped. Windows, expiries and timestamps follow it. */
export class EmulatorClock {
  private skippedMs = 0;

  now(): Date {
    return new Date(Date.now() + this.skippedMs);
  }

  /** Unix seconds, as Meta writes them. */
  seconds(): string {
    return String(Math.floor(this.now().getTime() / 1000));
  }

  advance(ms: number): void {
    this.skippedMs += ms;
  }

  reset(): void {
    this.skippedMs = 0;
  }
}
