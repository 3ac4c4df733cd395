import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { SweepStore } from '@workflows/storage';

/** Makes the history's partitions before they are needed: without one, no run could be committed in a new month. */
@Injectable()
export class PartitionKeeper implements OnApplicationBootstrap {
  private readonly logger = new Logger(PartitionKeeper.name);

  constructor(private readonly store: SweepStore) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.keep();
  }

  @Cron(CronExpression.EVERY_DAY_AT_3AM, { timeZone: 'UTC' })
  async keep(): Promise<void> {
    try {
      const made = await this.store.ensurePartitions();
      if (made > 0) this.logger.log({ msg: 'Made partitions of the history', made });
    } catch (error) {
      // Partitions are made months ahead, so tomorrow is soon enough.
      this.logger.warn({ msg: 'Cannot make partitions of the history', err: error });
    }
  }
}
