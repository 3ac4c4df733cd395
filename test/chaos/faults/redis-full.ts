import type { Fault } from '../fault.js';
import { redisOf } from './redis-of.js';

export const redisFull: Fault = {
  name: 'redis-full',
  what: 'Redis has no memory left (maxmemory 1mb) for 3 to 6 s, again and again: it refuses every write',
  needs: 'redis',
  async play({ ground, draws, over, pause, say }) {
    const redis = redisOf(ground);
    let struck = 0;
    for (await pause(1_000); !over.aborted; await pause(2_000)) {
      await redis.command('CONFIG SET maxmemory 1mb');
      say('Redis is full');
      await pause(draws.between(3_000, 6_000));
      await redis.command('CONFIG SET maxmemory 0');
      struck += 1;
    }
    return struck;
  },
};
