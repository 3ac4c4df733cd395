import { describe, expect, it } from '@jest/globals';
import { fireAt } from './jitter.js';

const SLOT = '2026-11-27T10:00:00.000Z';

describe('the jitter of a schedule', () => {
  it('is none unless there is one', () => {
    expect(fireAt(['t', 'w', 'x'], SLOT, undefined)).toBe(SLOT);
    expect(fireAt(['t', 'w', 'x'], SLOT, 'PT0S')).toBe(SLOT);
  });

  it('is the same for whoever asks', () => {
    expect(fireAt(['t', 'w', 'x'], SLOT, 'PT10M')).toBe(fireAt(['t', 'w', 'x'], SLOT, 'PT10M'));
  });

  it('spreads the schedules of many tenants over its time', () => {
    const delays = Array.from(
      { length: 1_000 },
      (_, tenant) => Date.parse(fireAt([String(tenant), 'w', 'x'], SLOT, 'PT10M')) - Date.parse(SLOT),
    );
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...delays)).toBeLessThan(600_000);
    const firstHalf = delays.filter((delay) => delay < 300_000).length;
    expect(Math.abs(firstHalf - 500)).toBeLessThan(80);
  });
});
