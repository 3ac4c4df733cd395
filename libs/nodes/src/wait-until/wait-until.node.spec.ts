import { describe, expect, it } from '@jest/globals';
import { contextOf, NOW } from '../__fixtures__/context.js';
import { type WaitUntilConfig, waitUntilSpec } from './wait-until.config.js';
import { WaitUntilNode } from './wait-until.node.js';

/** When the wait is over, or the port by which it left at once. Times are read in the zone of the contact. */
function until(config: WaitUntilConfig, now = NOW, timezone = 'America/Sao_Paulo'): string | undefined {
  const outcome = new WaitUntilNode().run({ config, fields: {} }, contextOf({ now, contact: { timezone, locale: 'en' } }));
  if (outcome.kind === 'done') return outcome.port ?? 'next';
  return outcome.kind === 'waiting' ? outcome.wait.until : outcome.kind;
}

describe('wait.until', () => {
  it('waits for an instant', () => {
    expect(until({ at: '2026-03-02T15:00:00-03:00' })).toBe('2026-03-02T18:00:00.000Z');
  });

  it('leaves by past when the instant is over', () => {
    expect(until({ at: '2026-03-02T17:00:00Z' })).toBe('past');
    expect(until({ local: { addDays: 0, at: '09:30' } })).toBe('past');
  });

  it('refuses what is no instant', () => {
    expect(() => until({ at: 'tomorrow' })).toThrow('expr.failed');
    expect(() => until({ at: 5 })).toThrow('expr.failed');
  });

  it('counts calendar days on the clock of the contact, the tenant or a place', () => {
    expect(until({ local: { addDays: 1, at: '09:30' } })).toBe('2026-03-03T12:30:00.000Z');
    expect(until({ local: { addDays: 1, at: '09:30', timezone: 'tenant' } })).toBe('2026-03-03T09:30:00.000Z');
    expect(until({ local: { addDays: 1, at: '09:30', timezone: 'Asia/Tokyo' } })).toBe('2026-03-04T00:30:00.000Z');
  });

  it('finds the next weekday, today included while the time is still ahead', () => {
    expect(until({ local: { weekday: 'mon', at: '15:00' } })).toBe('2026-03-02T18:00:00.000Z');
    expect(until({ local: { weekday: 'mon', at: '13:00' } })).toBe('2026-03-09T16:00:00.000Z');
    expect(until({ local: { weekday: 'sun', at: '13:00' } })).toBe('2026-03-08T16:00:00.000Z');
  });

  it('moves a time that daylight saving skips to the next valid instant', () => {
    // New York skips 02:00 to 03:00 on 8 March 2026.
    const skipped = until({ local: { addDays: 1, at: '02:30' } }, '2026-03-07T17:00:00.000Z', 'America/New_York');
    expect(skipped).toBe('2026-03-08T07:00:00.000Z');
  });

  it('takes the first coming of a time that comes twice', () => {
    // New York shows 01:00 to 02:00 twice on 1 November 2026.
    const repeated = until({ local: { addDays: 1, at: '01:30' } }, '2026-10-31T16:00:00.000Z', 'America/New_York');
    expect(repeated).toBe('2026-11-01T05:30:00.000Z');
  });

  it.each([
    ['now, inside', '2026-03-02T17:00:00.000Z', ['09:00', '20:00'], 'next'],
    ['today, before', '2026-03-02T10:00:00.000Z', ['09:00', '20:00'], '2026-03-02T12:00:00.000Z'],
    ['tomorrow, after', '2026-03-02T23:30:00.000Z', ['09:00', '20:00'], '2026-03-03T12:00:00.000Z'],
    ['now, past midnight', '2026-03-03T04:00:00.000Z', ['22:00', '06:00'], 'next'],
    ['tonight, by day', '2026-03-02T17:00:00.000Z', ['22:00', '06:00'], '2026-03-03T01:00:00.000Z'],
  ] as const)('opens %s', (_case, now, [from, to], expected) => {
    expect(until({ local: { between: [from, to] } }, now)).toBe(expected);
  });

  it.each([
    {},
    { at: 'x', local: { addDays: 1, at: '09:30' } },
    { local: { at: '09:30' } },
    { local: { addDays: 1, weekday: 'mon', at: '09:30' } },
    { local: { addDays: 1, at: '9:30' } },
    { local: { addDays: 1, at: '09:30', timezone: 'Mars/Olympus' } },
  ])('refuses %j', (config) => {
    expect(waitUntilSpec.config.safeParse(config).success).toBe(false);
  });
});
