import { describe, expect, it } from '@jest/globals';
import { paceOf } from './pace.js';

describe('the pace of an audience', () => {
  it.each([1, 7, 59, 60, 61, 119, 600, 4_800, 60_000])('is exactly what was asked for: %p a minute', (perMinute) => {
    const { rows, everyMs } = paceOf(perMinute);
    expect((rows * 60_000) / everyMs).toBeCloseTo(perMinute, 6);
  });

  it('is slow one by one, and fast in parts of a second or so', () => {
    expect(paceOf(6)).toEqual({ rows: 1, everyMs: 10_000 });
    expect(paceOf(4_800)).toEqual({ rows: 80, everyMs: 1_000 });
    expect(paceOf(60_000)).toEqual({ rows: 200, everyMs: 200 });
  });
});
