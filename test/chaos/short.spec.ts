import { describe, expect, it } from '@jest/globals';
import { createTestDatabase } from '@workflows/testing';
import { sendsLost } from './faults/sends-lost.js';
import { workerKilled } from './faults/worker-killed.js';
import { Ground } from './ground.js';
import { play } from './play.js';

const SEED = 7;

/** The short form of `npm run chaos -- --fault worker-killed,sends-lost`; the long one is for whoever changes the road. */
describe('a deployment whose workers are killed while sends are lost on both sides of the provider', () => {
  it('loses nothing, sends nothing twice, and keeps the order of each customer', async () => {
    const database = await createTestDatabase();
    const ground = await Ground.on(
      { adminUrl: database.adminUrl, appUrl: database.appUrl, drop: () => database.drop() },
      'postgres',
    );
    const lines: string[] = [];
    try {
      const played = await play(ground, {
        seed: SEED,
        faults: [workerKilled, sendsLost],
        seconds: 5,
        customersPerTenant: 8,
        say: (line) => lines.push(line),
      });
      expect({ reasons: played.reasons, lines: played.passed ? [] : lines }).toEqual({ reasons: [], lines: [] });
    } finally {
      await ground.stop();
    }
  }, 90_000);
});
