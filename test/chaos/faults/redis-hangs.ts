import type { Fault } from '../fault.js';
import { redisOf } from './redis-of.js';

export const redisHangs: Fault = {
  name: 'redis-hangs',
  what: 'Redis takes connections and answers nobody (SIGSTOP) for 3 to 8 s, again and again',
  needs: 'redis',
  async play({ ground, draws, over, pause, say }) {
    const redis = redisOf(ground);
    let struck = 0;
    for (await pause(1_000); !over.aborted; await pause(2_000)) {
      redis.signal('SIGSTOP');
      say('Redis hangs');
      await pause(draws.between(3_000, 8_000));
      redis.signal('SIGCONT');
      struck += 1;
    }
    return struck;
  },
};
