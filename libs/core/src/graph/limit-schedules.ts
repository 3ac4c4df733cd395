import { durationMs } from '../definition/duration.js';
import { slotsAfter } from '../schedule/slots.js';
import type { Outline } from './outline.js';
import type { Problem } from './problem.js';

/** Slots whose distances are looked at for a jitter: more than a year of days, and than two days of minutes. */
const SLOTS_LOOKED_AT = 400;

/** Where the looking begins: a day of no meaning, so that the same document has the same problems on every day. */
const SOME_DAY = '2026-01-01T00:00:00.000Z';

/** Part of the limit phase: schedules that never fire, and jitters that would carry a run into the next slot. */
export function checkSchedules(outline: Outline): Problem[] {
  return outline.triggers.flatMap(({ pointer, definition }) => {
    if (definition?.type !== 'schedule') return [];
    // The tenant's zone may change; all that matters here is how the slots lie to each other.
    const timezone = definition.timezone === 'tenant' ? 'UTC' : definition.timezone;
    const slots = slotsAfter({ cron: definition.cron, timezone }, SOME_DAY, SLOTS_LOOKED_AT);
    if (slots.length === 0) return [neverFires(`${pointer}/cron`, definition.cron)];
    const jitter = definition.jitter ?? 'PT0S';
    const most = shortestDistance(slots) / 2;
    return (durationMs(jitter) ?? 0) > most ? [jitterTooLong(`${pointer}/jitter`, jitter, most)] : [];
  });
}

function shortestDistance(slots: readonly string[]): number {
  const times = slots.map((slot) => Date.parse(slot));
  return Math.min(...times.slice(1).map((time, index) => time - (times[index] ?? 0)));
}

function neverFires(path: string, cron: string): Problem {
  const message = `"${cron}" never fires: no month has such a day.`;
  return { path, code: 'limit.schedule', severity: 'error', message, hint: 'Name a day that comes.' };
}

function jitterTooLong(path: string, jitter: string, mostMs: number): Problem {
  return {
    path,
    code: 'limit.schedule',
    severity: 'error',
    message: `A jitter of ${jitter} is more than half of the shortest time between two slots.`,
    hint: `Write at most PT${Math.floor(mostMs / 1000)}S, or let the schedule fire less often.`,
  };
}
