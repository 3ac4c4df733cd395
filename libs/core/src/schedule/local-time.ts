import { DateTime } from 'luxon';

const MINUTE = 60_000;

/**
 * The instant at which a local clock shows a time on a day. A time that daylight saving skips becomes the next valid
 * instant, one that comes twice its first coming.
 */
export function atLocalTime(day: DateTime, clock: string): DateTime {
  const { hour, minute } = parseClock(clock);
  const wanted = day.set({ hour, minute, second: 0, millisecond: 0 });
  if (wanted.hour !== hour || wanted.minute !== minute) return endOfGap(wanted);
  return DateTime.min(wanted, ...wanted.getPossibleOffsets());
}

function parseClock(clock: string): { hour: number; minute: number } {
  const [hour = 0, minute = 0] = clock.split(':').map(Number);
  return { hour, minute };
}

/** The first instant with the new offset; `inside` is what a clock pushed over the gap shows. */
function endOfGap(inside: DateTime): DateTime {
  let after = inside.startOf('minute');
  let before = inside.minus({ days: 1 });
  while (after.toMillis() - before.toMillis() > MINUTE) {
    const minutes = Math.floor((after.toMillis() - before.toMillis()) / MINUTE / 2);
    const middle = before.plus({ minutes });
    if (middle.offset === after.offset) after = middle;
    else before = middle;
  }
  return after.startOf('minute');
}
