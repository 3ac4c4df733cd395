import type { TestRedis } from '@workflows/testing/redis';
import type { Ground } from '../ground.js';

/** The Redis of the run, for faults that cannot be played without one. */
export function redisOf({ redis }: Ground): TestRedis {
  if (redis === null) throw new Error('The doorbell rings through Postgres. Play this fault with --queue redis.');
  return redis;
}
