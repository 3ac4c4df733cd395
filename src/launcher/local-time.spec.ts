import { describe, expect, it } from '@jest/globals';
import { instantOf, localDate, withDates } from './local-time.js';

describe('local time', () => {
  it('knows that it is still yesterday further west', () => {
    const instant = new Date('2026-03-03T01:00:00Z');
    expect(localDate(instant, 'America/Sao_Paulo')).toBe('2026-03-02');
    expect(localDate(instant, 'America/Sao_Paulo', 1)).toBe('2026-03-03');
  });

  it.each([
    ['2026-03-03', '09:30', 'America/Sao_Paulo', '2026-03-03T12:30:00.000Z'],
    ['2026-07-01', '09:30', 'Europe/Berlin', '2026-07-01T07:30:00.000Z'],
    ['2026-12-01', '09:30', 'Europe/Berlin', '2026-12-01T08:30:00.000Z'],
    // The morning after the clocks went forward.
    ['2026-03-29', '09:30', 'Europe/Berlin', '2026-03-29T07:30:00.000Z'],
    ['2026-01-01', '00:15', 'Asia/Kolkata', '2025-12-31T18:45:00.000Z'],
  ])('finds when it is %s %s in %s', (date, time, zone, instant) => {
    expect(instantOf(date, time, zone).toISOString()).toBe(instant);
  });

  it('writes dates into a text', () => {
    const now = new Date('2026-02-27T12:00:00Z');
    expect(withDates('from {today} to {today+7}', now, 'UTC')).toBe('from 2026-02-27 to 2026-03-06');
  });
});
