import { Injectable, Logger } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { SweepStore } from '@workflows/storage';

const BATCH = 10_000;

/** Drops what writes of runs have answered, once no step of the run can ask again. */
@Injectable()
export class WriteForgetter {
  private readonly logger = new Logger(WriteForgetter.name);

  constructor(private readonly store: SweepStore) {}

  @Cron(CronExpression.EVERY_DAY_AT_4AM, { timeZone: 'UTC' })
  async forget(): Promise<void> {
    try {
      while ((await this.store.forgetWrites(BATCH)) === BATCH);
    } catch (error) {
      // They only take room, so tomorrow is soon enough.
      this.logger.warn({ msg: 'Cannot drop old answers of writes', err: error });
    }
  }
}
