import { describe, expect, it } from '@jest/globals';
import { CATCH_UPS, type DueSchedule, planSlots } from './plan-slots.js';

const hourly: DueSchedule = {
  cron: { cron: '0 * * * *', timezone: 'UTC' },
  catchUp: 'skip',
  plannedUntil: '2026-11-27T09:00:00.000Z',
  now: '2026-11-27T10:00:00.400Z',
};

describe('a schedule that somebody looks at', () => {
  it.each(CATCH_UPS)('fires the slot that has just come, whatever is done with missed ones: %s', (catchUp) => {
    expect(planSlots({ ...hourly, catchUp })).toEqual({
      slots: ['2026-11-27T10:00:00.000Z'],
      nextAt: '2026-11-27T11:00:00.000Z',
    });
  });

  it.each([
    ['skip', []],
    ['latest', ['2026-11-27T12:00:00.000Z']],
    ['all', ['2026-11-27T10:00:00.000Z', '2026-11-27T11:00:00.000Z', '2026-11-27T12:00:00.000Z']],
  ] as const)('that was away for three hours catches up as it is told: %s', (catchUp, slots) => {
    const away = { ...hourly, catchUp, now: '2026-11-27T12:30:00.000Z' };
    expect(planSlots(away)).toEqual({ slots, nextAt: '2026-11-27T13:00:00.000Z' });
  });

  it('is late from a minute on', () => {
    expect(planSlots({ ...hourly, now: '2026-11-27T10:01:00.000Z' }).slots).toEqual(['2026-11-27T10:00:00.000Z']);
    expect(planSlots({ ...hourly, now: '2026-11-27T10:01:00.001Z' }).slots).toEqual([]);
  });

  it('catches up with the last hundred at most', () => {
    const months = planSlots({ ...hourly, catchUp: 'all', now: '2027-03-01T00:30:00.000Z' });
    expect([months.slots.length, months.slots[99]]).toEqual([100, '2027-03-01T00:00:00.000Z']);
  });

  it('fires nothing before its time, and nothing twice', () => {
    expect(planSlots({ ...hourly, now: '2026-11-27T09:59:59.999Z' }).slots).toEqual([]);
    expect(planSlots({ ...hourly, plannedUntil: '2026-11-27T10:00:00.000Z' }).slots).toEqual([]);
  });

  it('that will not fire again has no next slot', () => {
    expect(planSlots({ ...hourly, cron: { cron: '0 0 31 2 *', timezone: 'UTC' } })).toEqual({ slots: [], nextAt: null });
  });
});
