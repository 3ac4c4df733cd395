import { CronExpressionParser } from 'cron-parser';
import { DateTime } from 'luxon';
import { atLocalTime } from './local-time.js';

/** When a schedule fires: five cron fields, read on the clock of an IANA zone. */
export interface Cron {
  cron: string;
  timezone: string;
}

/** So many times of a clock may fall on instants that have passed, before it counts as never firing: more than a day of minutes. */
const MOST_LOOKED_AT = 3_000;

/**
 * The next slots after an instant (ISO 8601), in order and in UTC, at most `count`; fewer, or none, when the schedule
 * never fires again. A local time that daylight saving skips is the first instant after the gap, so that several of them
 * are one slot; a local time that comes twice is a slot at its first coming only (language, section 2).
 */
export function slotsAfter({ cron, timezone }: Cron, after: string, count: number): string[] {
  const start = DateTime.fromISO(after, { zone: timezone });
  const times = timesAfter(cron, start);
  const slots: string[] = [];
  let last = start.toMillis();
  for (let looked = 0; slots.length < count && looked < MOST_LOOKED_AT + count; looked += 1) {
    const time = times();
    if (time === null) break;
    const slot = atLocalTime(time.setZone(timezone, { keepLocalTime: true }), time.toFormat('HH:mm')).toMillis();
    if (slot <= last) continue;
    last = slot;
    slots.push(new Date(slot).toISOString());
  }
  return slots;
}

/** The next slot after an instant, or null when the schedule never fires again. */
export function nextSlot(cron: Cron, after: string): string | null {
  return slotsAfter(cron, after, 1)[0] ?? null;
}

/**
 * What the clock on the wall shows at each slot, one call after the other; null at the end. The clock is read as if its
 * zone had no daylight saving, so that each time of a day comes once, and in order.
 */
function timesAfter(cron: string, start: DateTime): () => DateTime | null {
  const wall = start.setZone('utc', { keepLocalTime: true }).toJSDate();
  try {
    const times = CronExpressionParser.parse(cron, { currentDate: wall, tz: 'UTC' });
    return () => (times.hasNext() ? DateTime.fromJSDate(times.next().toDate(), { zone: 'utc' }) : null);
  } catch {
    // The library refuses days that no month has, such as 31 February; all else was judged by the language.
    return () => null;
  }
}
