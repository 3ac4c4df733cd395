const ISO_DURATION = /^P(?=.)(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/** Milliseconds in a week, a day, an hour, a minute and a second: the groups of the pattern, in order. */
const UNITS_MS = [604_800_000, 86_400_000, 3_600_000, 60_000, 1000] as const;

/**
 * An ISO 8601 duration of weeks to seconds, in milliseconds; undefined when it is none. Months and years have no fixed
 * length and are refused; a day is 24 hours. Fractions of a millisecond are rounded.
 */
export function durationMs(iso: string): number | undefined {
  const match = ISO_DURATION.exec(iso);
  if (!match) return undefined;
  const total = UNITS_MS.reduce((sum, unit, index) => sum + Number(match[index + 1] ?? 0) * unit, 0);
  const rounded = Math.round(total);
  return Number.isSafeInteger(rounded) ? rounded : undefined;
}
