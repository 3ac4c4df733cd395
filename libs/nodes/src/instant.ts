import { durationMs, terminal } from '@workflows/core';

/** Milliseconds of a duration that may have been computed. Throws `expr.failed` when it is none. */
export function renderedDurationMs(duration: string): number {
  const ms = durationMs(duration);
  if (ms !== undefined) return ms;
  throw terminal('expr.failed', 'The computed "duration" is no ISO 8601 duration of weeks to seconds, such as PT30M or P2D.');
}
