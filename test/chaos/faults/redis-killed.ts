import { setTimeout as pause } from 'node:timers/promises';
import type { Fault } from '../fault.js';
import { redisOf } from './redis-of.js';

const AWAY_MS = 500;

export const redisKilled: Fault = {
  name: 'redis-killed',
  what: `kill -9 of Redis every 2 to 4 s; it is back after ${AWAY_MS / 1_000} s, empty`,
  needs: 'redis',
  async play({ ground, draws, over, say, ...stage }) {
    const redis = redisOf(ground);
    let struck = 0;
    for (;;) {
      await stage.pause(draws.between(2_000, 4_000));
      if (over.aborted) return struck;
      redis.signal('SIGKILL');
      say('Redis is killed');
      await pause(AWAY_MS);
      await redis.startAgain();
      struck += 1;
    }
  },
};
