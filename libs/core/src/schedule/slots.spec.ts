import { describe, expect, it } from '@jest/globals';
import { DateTime, IANAZone } from 'luxon';
import { latestSlots, nextSlot, slotsAfter } from './slots.js';

const berlin = 'Europe/Berlin';

describe('the slots of a schedule', () => {
  it('are read on the clock of the zone', () => {
    expect(slotsAfter({ cron: '0 9 * * mon-fri', timezone: 'America/Sao_Paulo' }, '2026-11-27T12:00:00.000Z', 3)).toEqual([
      '2026-11-30T12:00:00.000Z',
      '2026-12-01T12:00:00.000Z',
      '2026-12-02T12:00:00.000Z',
    ]);
  });

  it('come after the instant, never at it', () => {
    const daily = { cron: '30 6 * * *', timezone: 'UTC' };
    expect(nextSlot(daily, '2026-11-27T06:29:59.999Z')).toBe('2026-11-27T06:30:00.000Z');
    expect(nextSlot(daily, '2026-11-27T06:30:00.000Z')).toBe('2026-11-28T06:30:00.000Z');
  });

  it('that daylight saving skips are the first instant after the gap', () => {
    // 02:00 to 03:00 does not exist on 29 March 2026 in Berlin.
    expect(slotsAfter({ cron: '30 2 * * *', timezone: berlin }, '2026-03-28T12:00:00.000Z', 2)).toEqual([
      '2026-03-29T01:00:00.000Z',
      '2026-03-30T00:30:00.000Z',
    ]);
  });

  it('that all fall into the gap are one slot', () => {
    expect(slotsAfter({ cron: '*/20 1-3 * * *', timezone: berlin }, '2026-03-29T00:20:00.000Z', 3)).toEqual([
      '2026-03-29T00:40:00.000Z',
      '2026-03-29T01:00:00.000Z',
      '2026-03-29T01:20:00.000Z',
    ]);
  });

  it('that come twice are slots at their first coming only', () => {
    // 02:00 to 03:00 comes twice on 25 October 2026 in Berlin.
    expect(slotsAfter({ cron: '30 2 * * *', timezone: berlin }, '2026-10-24T12:00:00.000Z', 2)).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T01:30:00.000Z',
    ]);
    // Asked in the second coming: what it repeats has been.
    expect(nextSlot({ cron: '*/15 * * * *', timezone: berlin }, '2026-10-25T01:10:00.000Z')).toBe('2026-10-25T02:00:00.000Z');
  });

  it('may be rare, or never come', () => {
    expect(nextSlot({ cron: '0 0 29 2 *', timezone: 'UTC' }, '2026-11-27T00:00:00.000Z')).toBe('2028-02-29T00:00:00.000Z');
    expect(nextSlot({ cron: '0 0 31 2 *', timezone: 'UTC' }, '2026-11-27T00:00:00.000Z')).toBeNull();
    expect(nextSlot({ cron: '0 0 31 4,6 *', timezone: 'UTC' }, '2026-11-27T00:00:00.000Z')).toBeNull();
  });

  it('do not depend on where one begins to count, in zones of every kind', () => {
    for (const timezone of ['UTC', berlin, 'Australia/Lord_Howe', 'America/St_Johns', 'Africa/Casablanca', 'Asia/Kathmandu']) {
      expect(IANAZone.isValidZone(timezone)).toBe(true);
      const cron = { cron: '*/25 */3 * * *', timezone };
      const from = DateTime.fromISO('2026-03-01T00:00:00.000Z');
      const atOnce = slotsAfter(cron, from.toJSDate().toISOString(), 900);
      const oneByOne: string[] = [];
      for (let at = from.toJSDate().toISOString(); oneByOne.length < 900;) {
        const next = nextSlot(cron, at);
        if (next === null) throw new Error('The schedule has ended');
        oneByOne.push((at = next));
      }
      expect(oneByOne).toEqual(atOnce);
      expect(new Set(atOnce).size).toBe(900);
    }
  });
});

describe('the latest slots of a time', () => {
  const until = '2026-11-27T12:00:00.000Z';

  it('are those up to its end, and not the one at its beginning', () => {
    const hourly = { cron: '0 * * * *', timezone: 'UTC' };
    expect(latestSlots(hourly, '2026-11-27T10:00:00.000Z', until, 100)).toEqual([
      '2026-11-27T11:00:00.000Z',
      '2026-11-27T12:00:00.000Z',
    ]);
    expect(latestSlots(hourly, until, until, 100)).toEqual([]);
  });

  it('are found however rare or many they are', () => {
    const years = '2016-11-27T12:00:00.000Z';
    expect(latestSlots({ cron: '0 0 29 2 *', timezone: 'UTC' }, years, until, 2)).toEqual([
      '2020-02-29T00:00:00.000Z',
      '2024-02-29T00:00:00.000Z',
    ]);
    const minutes = latestSlots({ cron: '* * * * *', timezone: 'Europe/Berlin' }, years, until, 100);
    expect([minutes.length, minutes[0], minutes[99]]).toEqual([100, '2026-11-27T10:21:00.000Z', until]);
  });
});
