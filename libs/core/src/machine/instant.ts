/** Instants are ISO 8601 strings in UTC; arithmetic on them is exact to the millisecond. */

export function plusMs(instant: string, ms: number): string {
  return new Date(Date.parse(instant) + ms).toISOString();
}

export function isDue(instant: string, now: string): boolean {
  return Date.parse(instant) <= Date.parse(now);
}

export function earliest(instants: readonly string[]): string | null {
  return instants.reduce<string | null>((first, instant) => (first !== null && isDue(first, instant) ? first : instant), null);
}
