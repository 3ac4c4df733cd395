import { durationMs, type Json, terminal } from '@workflows/core';
import { DateTime } from 'luxon';

/** Milliseconds of a duration that may have been computed. Throws `expr.failed` when it is none. */
export function renderedDurationMs(duration: string): number {
  const ms = durationMs(duration);
  if (ms !== undefined) return ms;
  throw terminal('expr.failed', 'The computed "duration" is no ISO 8601 duration of weeks to seconds, such as PT30M or P2D.');
}

/** The instant of a value that may have been computed, ISO 8601 in UTC. Throws `expr.failed` when it is none. */
export function renderedInstant(value: Json | undefined, field: string): string {
  const instant = typeof value === 'string' ? DateTime.fromISO(value, { zone: 'utc' }) : null;
  const iso = instant?.isValid === true ? instant.toISO() : null;
  if (iso !== null) return iso;
  throw terminal(
    'expr.failed',
    `The computed "${field}" is no timestamp such as 2026-03-02T14:00:00Z. Use timestamp() or at() in its expression.`,
  );
}
