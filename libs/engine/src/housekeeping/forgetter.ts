import { Injectable, Logger } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { FORGOTTEN, SweepStore } from '@workflows/storage';

const BATCH = 10_000;

/** Drops what is of no use any more: answers of writes, receipts of nobody's messages, old events, what web chats have said. */
@Injectable()
export class Forgetter {
  private readonly logger = new Logger(Forgetter.name);

  constructor(private readonly store: SweepStore) {}

  @Cron(CronExpression.EVERY_DAY_AT_4AM, { timeZone: 'UTC' })
  async forget(): Promise<void> {
    for (const what of FORGOTTEN) {
      try {
        while ((await this.store.forget(what, BATCH)) === BATCH);
      } catch (error) {
        // It only takes room, so tomorrow is soon enough.
        this.logger.warn({ msg: 'Cannot drop what is old', what, err: error });
      }
    }
  }
}
