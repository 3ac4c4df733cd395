import { type CronExpression, CronExpressionParser } from 'cron-parser';
import { DateTime } from 'luxon';
import { atLocalTime } from './local-time.js';

/** When a schedule fires: five cron fields, read on the clock of an IANA zone. */
export interface Cron {
  cron: string;
  timezone: string;
}

/**
 * The next slots after an instant (ISO 8601), in order and in UTC, at most `count`; fewer, or none, when the schedule
 * never fires again. A local time that daylight saving skips is the first instant after the gap, so that several of them
 * are one slot; a local time that comes twice is a slot at its first coming only (language, section 2).
 */
export function slotsAfter(cron: Cron, after: string, count: number): string[] {
  const slots: string[] = [];
  for (const slot of eachSlot(cron, after)) {
    slots.push(slot);
    if (slots.length >= count) break;
  }
  return slots;
}

/** The next slot after an instant, or null when the schedule never fires again. */
export function nextSlot(cron: Cron, after: string): string | null {
  return slotsAfter(cron, after, 1)[0] ?? null;
}

/** How far back the latest slots are looked for at first; twice as far each further time. */
const FIRST_LOOK_MS = 2 * 60 * 60_000;

/** The last `count` slots of the time after one instant and up to another, in order. */
export function latestSlots(cron: Cron, after: string, until: string, count: number): string[] {
  const [from, to] = [Date.parse(after), Date.parse(until)];
  // A schedule of minutes that was away for a year has half a million slots, and only the last of them are wanted.
  for (let look = FIRST_LOOK_MS; ; look *= 2) {
    const start = Math.max(from, to - look);
    const slots = slotsWithin(cron, start, to);
    if (slots.length >= count || start === from) return slots.slice(-count);
  }
}

function slotsWithin(cron: Cron, from: number, to: number): string[] {
  const slots: string[] = [];
  for (const slot of eachSlot(cron, new Date(from).toISOString())) {
    if (Date.parse(slot) > to) break;
    slots.push(slot);
  }
  return slots;
}

/** Every slot after an instant, for ever, or until the schedule never fires again. */
function* eachSlot({ cron, timezone }: Cron, after: string): Generator<string> {
  const start = DateTime.fromISO(after, { zone: timezone });
  let last = start.toMillis();
  for (const time of timesAfter(cron, start)) {
    const slot = atLocalTime(time.setZone(timezone, { keepLocalTime: true }), time.toFormat('HH:mm')).toMillis();
    if (slot <= last) continue;
    last = slot;
    yield new Date(slot).toISOString();
  }
}

/**
 * What the clock on the wall shows at each slot. The clock is read as if its zone had no daylight saving, so that each
 * time of a day comes once, and in order.
 */
function* timesAfter(cron: string, start: DateTime): Generator<DateTime> {
  const times = timesOf(cron, start.setZone('utc', { keepLocalTime: true }).toJSDate());
  while (times?.hasNext() === true) yield DateTime.fromJSDate(times.next().toDate(), { zone: 'utc' });
}

function timesOf(cron: string, currentDate: Date): CronExpression | null {
  try {
    return CronExpressionParser.parse(cron, { currentDate, tz: 'UTC' });
  } catch {
    // The library refuses days that no month has, such as 31 February; all else was judged by the language.
    return null;
  }
}
