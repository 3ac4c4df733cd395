/** Calendar arithmetic in a named zone, for demos: what day is it there, and when is 09:30 there. */

/** `YYYY-MM-DD` of an instant in a zone, `days` later. */
export function localDate(instant: Date, timezone: string, days = 0): string {
  const today = new Intl.DateTimeFormat('en-CA', { timeZone: timezone, dateStyle: 'short' }).format(instant);
  const noon = new Date(`${today}T12:00:00Z`);
  noon.setUTCDate(noon.getUTCDate() + days);
  return noon.toISOString().slice(0, 10);
}

/** The instant at which clocks in the zone show `date` and `time` (`HH:mm`). */
export function instantOf(date: string, time: string, timezone: string): Date {
  const asUtc = Date.parse(`${date}T${time}:00Z`);
  // Twice, because the zone's offset is known only near the instant that is looked for.
  const guess = asUtc - offsetMs(new Date(asUtc), timezone);
  return new Date(asUtc - offsetMs(new Date(guess), timezone));
}

function offsetMs(instant: Date, timezone: string): number {
  const shown = new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, dateStyle: 'short', timeStyle: 'medium' }).format(instant);
  return Date.parse(`${shown.replace(' ', 'T')}Z`) - Math.floor(instant.getTime() / 1000) * 1000;
}

/** Puts dates in the place of `{today}`, `{today+7}` and the like. */
export function withDates(text: string, now: Date, timezone: string): string {
  return text.replace(/\{today(?:\+(\d+))?\}/g, (_, days: string | undefined) => localDate(now, timezone, Number(days ?? 0)));
}
