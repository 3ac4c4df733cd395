import { describe, it } from '@jest/globals';
import { doorbellContract, hasRedis, startRedis, type DoorbellServer } from '@workflows/testing';
import { BullDoorbell } from './bull.doorbell.js';

if (hasRedis()) {
  doorbellContract('BullMQ and Redis', start);
} else {
  describe.skip('the doorbell on BullMQ and Redis', () => {
    it('needs the program redis-server: install it to run this suite', () => undefined);
  });
}

async function start(): Promise<DoorbellServer> {
  const redis = await startRedis();
  return {
    open: () => new BullDoorbell({ kind: 'redis', url: redis.url }),
    wipe: async () => void (await redis.command('FLUSHALL')),
    disconnectAll: async () => void (await redis.command('CLIENT KILL TYPE normal SKIPME yes')),
    stop: () => redis.stop(),
  };
}
