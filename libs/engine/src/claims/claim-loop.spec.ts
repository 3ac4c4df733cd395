import { describe, expect, it } from '@jest/globals';
import { type Claimed, ClaimLoop, type ClaimTime } from './claim-loop.js';
import { DatabaseClock } from './database-clock.js';

const NOW = '2026-03-02T17:00:00.000Z';
const time: ClaimTime = { clock: new DatabaseClock(NOW, 0), askedAt: 0 };

/** A loop with room for four whose work ends when it is told to. */
function loopOf(claims: Array<Claimed<string>>) {
  const ends: Array<() => void> = [];
  const loop = new ClaimLoop<string>({
    what: 'things',
    concurrency: 4,
    batch: 3,
    claim: async () => claims.shift() ?? { now: NOW, more: false, after: '', items: [] },
    work: () => new Promise((resolve) => ends.push(resolve)),
  });
  return { loop, endAll: () => ends.splice(0).forEach((end) => end()) };
}

describe('what may be begun past the bell', () => {
  it('is a batch where there is room, and nothing, never less, where more than all of it is taken', async () => {
    const { loop, endAll } = loopOf([]);
    expect(loop.spare()).toBe(3);
    loop.begin(['a', 'b'], time);
    expect(loop.spare()).toBe(2);
    loop.begin(['c', 'd', 'e'], time);
    expect(loop.spare()).toBe(0);
    endAll();
    await loop.stop();
  });

  it('is nothing while something ready was left by the last claim, and at a stop', async () => {
    const { loop, endAll } = loopOf([{ now: NOW, more: true, after: '', items: ['a', 'b', 'c', 'd'] }]);
    const answered = loop.answer();
    await new Promise((resolve) => setImmediate(resolve));
    expect(loop.spare()).toBe(0);
    endAll();
    await answered;
    expect(loop.spare()).toBe(3);
    await loop.stop();
    expect(loop.spare()).toBe(0);
  });
});
