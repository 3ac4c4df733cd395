import { advanceTestClock } from '@workflows/storage';
import type { Config } from '../config/config.js';
import type { AdvanceClock } from './test-clock.controller.js';

/** Moves the database's time, which is the only time the engine knows. Needs the owner's login, so it is no call of the engine. */
export function advanceClockOf(config: Config): AdvanceClock {
  const { DATABASE_MIGRATE_URL } = config.values;
  return async (milliseconds) => {
    if (DATABASE_MIGRATE_URL === undefined)
      throw new Error('TEST_CLOCK needs DATABASE_MIGRATE_URL; the configuration should have refused to start.');
    return advanceTestClock(DATABASE_MIGRATE_URL, milliseconds);
  };
}
