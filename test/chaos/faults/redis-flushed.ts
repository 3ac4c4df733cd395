import type { Fault } from '../fault.js';
import { redisOf } from './redis-of.js';

const EVERY_MS = 2_000;

export const redisFlushed: Fault = {
  name: 'redis-flushed',
  what: `FLUSHALL every ${EVERY_MS / 1_000} s: every ring and every lock of the queue is gone`,
  needs: 'redis',
  async play({ ground, draws, over, pause, say }) {
    const redis = redisOf(ground);
    let struck = 0;
    for (await pause(draws.between(0, EVERY_MS)); !over.aborted; await pause(EVERY_MS)) {
      await redis.command('FLUSHALL');
      say('Redis is flushed');
      struck += 1;
    }
    return struck;
  },
};
