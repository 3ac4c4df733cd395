/** Most rows of an audience that are read and started together. */
const MOST_ROWS = 200;

/** How an audience is started: so many rows at once, and the next of them so much later. */
export interface Pace {
  rows: number;
  everyMs: number;
}

/** About a second's worth at once, so that starting is even and yet needs few calls. */
export function paceOf(perMinute: number): Pace {
  const rows = Math.min(MOST_ROWS, Math.max(1, Math.floor(perMinute / 60)));
  return { rows, everyMs: (rows * 60_000) / perMinute };
}
