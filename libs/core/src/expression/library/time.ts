import { evaluate, type Environment } from '@marcbachmann/cel-js';
import { DateTime } from 'luxon';
import { durationMs } from '../../definition/duration.js';
import { terminal } from '../../failure.js';

const TIMESTAMP = 'google.protobuf.Timestamp';
const DURATION = 'google.protobuf.Duration';

export function registerTimeFunctions(environment: Environment): void {
  environment
    .registerFunction(`date(${TIMESTAMP}, string): string`, {
      async: false,
      handler: (time: Date, zone: string) => inZone(time, zone).toFormat('yyyy-MM-dd'),
    })
    .registerFunction(`time(${TIMESTAMP}, string): string`, {
      async: false,
      handler: (time: Date, zone: string) => inZone(time, zone).toFormat('HH:mm'),
    })
    .registerFunction(`at(string, string, string): ${TIMESTAMP}`, { async: false, handler: at })
    .registerFunction('addDays(string, int): string', {
      async: false,
      handler: (date: string, days: bigint) =>
        day(date)
          .plus({ days: Number(days) })
          .toFormat('yyyy-MM-dd'),
    })
    .registerFunction('daysBetween(string, string): int', {
      async: false,
      handler: (from: string, to: string) => BigInt(Math.round(day(to).diff(day(from), 'days').days)),
    })
    .registerFunction(`formatDate(${TIMESTAMP}, string, string, string): string`, {
      async: false,
      handler: (time: Date, pattern: string, zone: string, locale: string) => formatDate(time, pattern, zone, locale),
    })
    .registerFunction(`iso(string): ${DURATION}`, { async: false, handler: iso });
}

function inZone(time: Date, zone: string): DateTime {
  const local = DateTime.fromJSDate(time, { zone });
  if (local.isValid) return local;
  throw terminal('expr.failed', 'A time zone is not known, or a time is not valid. Zones look like America/Sao_Paulo.');
}

function formatDate(time: Date, pattern: string, zone: string, locale: string): string {
  try {
    return inZone(time, zone).setLocale(locale).toFormat(pattern);
  } catch (error) {
    if (error instanceof RangeError) throw terminal('expr.failed', 'A locale is not known. Locales look like pt-BR.');
    throw error;
  }
}

/** A local time that DST skips is the next valid instant; one that occurs twice is the first. */
function at(date: string, time: string, zone: string): Date {
  const local = DateTime.fromISO(`${date}T${time}`, { zone });
  if (/^\d{2}:\d{2}(:\d{2})?$/.test(time) && local.isValid) return local.toJSDate();
  throw terminal('expr.failed', "at() takes a date 'YYYY-MM-DD', a time 'HH:mm' and a time zone.");
}

function day(date: string): DateTime {
  const parsed = DateTime.fromISO(date, { zone: 'utc' });
  if (/^\d{4}-\d{2}-\d{2}$/.test(date) && parsed.isValid) return parsed;
  throw terminal('expr.failed', "A date must have the form 'YYYY-MM-DD'. Use date(t, tz) to make one from a time.");
}

function iso(text: string): unknown {
  const ms = durationMs(text);
  if (ms === undefined) throw terminal('expr.failed', "iso() takes a duration such as 'PT2H' or 'P3D'.");
  // The library keeps its duration class to itself, so that one is made where it makes them.
  return evaluate('duration(text)', { text: `${ms}ms` });
}
