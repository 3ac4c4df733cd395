import { Injectable, Logger } from '@nestjs/common';
import { Cron, CronExpression, Interval } from '@nestjs/schedule';
import { ScheduleStore } from '@workflows/storage';
import { SchedulePlanner } from './schedule-planner.js';
import { SlotStarter } from './slot-starter.js';
import { TICK_MS } from './tick.js';

const FORGOTTEN_TOGETHER = 1_000;

/** The clock of the schedules. Every process that works has one; which of them comes first makes no difference. */
@Injectable()
export class ScheduleClock {
  private readonly logger = new Logger(ScheduleClock.name);
  private isRunning = false;
  private ticking: Promise<void> | null = null;

  constructor(
    private readonly planner: SchedulePlanner,
    private readonly starter: SlotStarter,
    private readonly store: ScheduleStore,
  ) {}

  start(): void {
    this.isRunning = true;
  }

  /** Looks no more, and waits for what is under way. */
  async stop(): Promise<void> {
    this.isRunning = false;
    await this.ticking;
    await this.starter.stop();
  }

  @Interval(TICK_MS)
  tick(): void {
    // A look that takes longer than a tick is not overtaken by the next one.
    if (!this.isRunning || this.ticking !== null) return;
    this.ticking = this.look().finally(() => (this.ticking = null));
  }

  @Cron(CronExpression.EVERY_DAY_AT_5AM, { timeZone: 'UTC' })
  async forget(): Promise<void> {
    try {
      while (this.isRunning && (await this.store.forgetSlots(FORGOTTEN_TOGETHER)) === FORGOTTEN_TOGETHER);
    } catch (error) {
      // They only take room, so tomorrow is soon enough.
      this.logger.warn({ msg: 'Cannot drop old slots', err: error });
    }
  }

  private async look(): Promise<void> {
    try {
      await this.planner.planAll(() => this.isRunning);
    } catch (error) {
      // What has come stays due in Postgres; the next tick looks again.
      this.logger.warn({ msg: 'Cannot plan schedules', err: error });
    }
    await this.starter.answer();
  }
}
