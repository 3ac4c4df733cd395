import { Inject, Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Doorbell } from '@workflows/ports';
import { ENGINE_OPTIONS, type EngineOptions } from './engine-options.js';
import { EventDispatcher } from './events/event-dispatcher.js';
import { AdvanceProcessor } from './executions/advance.processor.js';
import { OutboundProcessor } from './outbound/outbound.processor.js';
import { ScheduleClock } from './schedules/schedule-clock.js';
import { Sweeper } from './sweeper/sweeper.js';

/** Longest wait for work under way at a stop; what is not done by then is found again by its lease. */
const DRAIN_MS = 20_000;

/** Starts and stops what this process does on its own, in the order that loses nothing. */
@Injectable()
export class EngineLifecycle implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(EngineLifecycle.name);

  constructor(
    @Inject(ENGINE_OPTIONS) private readonly options: EngineOptions,
    private readonly advance: AdvanceProcessor,
    private readonly outbound: OutboundProcessor,
    private readonly events: EventDispatcher,
    private readonly schedules: ScheduleClock,
    private readonly sweeper: Sweeper,
    private readonly doorbell: Doorbell,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (this.options.role === 'api') return;
    await this.advance.start();
    await this.outbound.start();
    await this.events.start();
    this.schedules.start();
    this.sweeper.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.sweeper.stop();
    const stopped = Promise.all([
      this.advance.stop(),
      this.outbound.stop(),
      this.events.stop(),
      this.schedules.stop(),
      this.doorbell.close(DRAIN_MS),
    ]);
    const drained = await Promise.race([stopped.then(() => true), elapsed(DRAIN_MS).then(() => false)]);
    if (!drained) this.logger.warn('Some work was still under way; it goes on elsewhere when its lease runs out.');
  }
}

async function elapsed(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms).unref());
}
