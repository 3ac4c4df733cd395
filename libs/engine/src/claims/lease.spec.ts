import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { Lease } from './lease.js';

describe('Lease', () => {
  it('does not hold for something that would outlast it', () => {
    const lease = new Lease(1, 30_000, performance.now());
    expect(lease.holds(15_000)).toBe(true);
    expect(lease.holds(31_000)).toBe(false);
  });

  it('counts from when the claim was asked for, not from when its answer came', () => {
    expect(new Lease(1, 1_000, performance.now() - 2_000).holds()).toBe(false);
  });

  it('runs out by itself, and an extension counts from when it was asked for', async () => {
    const lease = new Lease(1, 20, performance.now());
    await pause(30);
    expect(lease.holds()).toBe(false);
    lease.extend(performance.now());
    expect(lease.holds()).toBe(true);
  });

  it('never holds again once it is lost', () => {
    const lease = new Lease(1, 30_000, performance.now());
    lease.lose();
    expect(lease.holds()).toBe(false);
  });
});
