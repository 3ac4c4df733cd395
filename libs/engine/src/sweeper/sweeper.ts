import { Inject, Injectable, Logger } from '@nestjs/common';
import { crashPoint, Doorbell } from '@workflows/ports';
import { SweepStore } from '@workflows/storage';
import { Metrics } from '../metrics/metrics.js';
import { ENGINE_OPTIONS, type EngineOptions } from '../engine-options.js';

const ROWS_PER_SWEEP = 500;
/** Sweeping more often than this buys no precision that a person could notice. */
const SHORTEST_PAUSE_MS = 20;

/**
 * Finds what is due and what was left behind, by the database's clock alone, and rings for it. Timers, leases that ran
 * out, sends that nobody knows the result of, and rings that were lost: all come back through here. Any number of
 * sweepers may run at once.
 */
@Injectable()
export class Sweeper {
  private readonly logger = new Logger(Sweeper.name);
  private timer: NodeJS.Timeout | undefined;
  private nextAt = Infinity;
  private stopped = true;
  private sweeping: Promise<void> = Promise.resolve();

  constructor(
    @Inject(ENGINE_OPTIONS) private readonly options: EngineOptions,
    private readonly store: SweepStore,
    private readonly doorbell: Doorbell,
    private readonly metrics: Metrics,
  ) {}

  start(): void {
    this.stopped = false;
    this.schedule(0);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.sweeping;
  }

  /** Something will be due in `inMs`: sweep then, if no sweep is planned before. */
  expect(inMs: number): void {
    if (inMs < this.options.sweepIntervalMs) this.schedule(Math.max(inMs, 0));
  }

  private schedule(inMs: number): void {
    if (this.stopped) return;
    const at = performance.now() + inMs;
    if (at >= this.nextAt) return;
    this.nextAt = at;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.nextAt = Infinity;
      this.sweeping = this.sweeping.then(() => this.sweep());
    }, inMs);
  }

  private async sweep(): Promise<void> {
    let pauseMs = this.options.sweepIntervalMs;
    try {
      const swept = await this.store.sweep(ROWS_PER_SWEEP, this.options.unknownSendWaitMs);
      crashPoint('sweep.after-sweep');
      if (swept.mailboxes > 0) this.doorbell.ring('advance');
      if (swept.outboxes > 0) this.doorbell.ring('outbound');
      // A ring may have been lost with the queue; looking is cheap when there is nothing.
      this.doorbell.knock('advance');
      this.doorbell.knock('outbound');
      this.doorbell.knock('events');
      for (const [reason, count] of Object.entries(swept.recovered)) this.metrics.recovered.inc({ reason }, count);
      if (Object.values(swept.recovered).some((count) => count > 0)) {
        this.logger.warn({ msg: 'Recovered what was left behind', ...swept.recovered });
      }
      const full = swept.mailboxes >= ROWS_PER_SWEEP || swept.outboxes >= ROWS_PER_SWEEP;
      if (full) pauseMs = SHORTEST_PAUSE_MS;
      else if (swept.nextInMs !== null) pauseMs = Math.min(pauseMs, Math.max(swept.nextInMs, SHORTEST_PAUSE_MS));
    } catch (error) {
      this.logger.warn({ msg: 'Cannot sweep', err: error });
    }
    this.schedule(pauseMs);
  }
}
