import { type Cron, latestSlots, nextSlot, plusMs } from '@workflows/core';

export const CATCH_UPS = ['skip', 'latest', 'all'] as const;

/** A schedule at the moment at which somebody looks at it. Instants are ISO 8601 in UTC. */
export interface DueSchedule {
  cron: Cron;
  /** What becomes of slots that were missed. */
  catchUp: (typeof CATCH_UPS)[number];
  /** Every slot up to here has been dealt with. */
  plannedUntil: string;
  now: string;
}

/** A slot is missed when nobody came to it for so long: longer than a process takes to start, or a lease to run out. */
export const ON_TIME_MS = 60_000;

/** Most slots that are caught up with (language, section 2). */
const MOST_CAUGHT_UP = 100;

/** Which slots fire now, in order, and when the next one comes; null: never again. */
export function planSlots({ cron, catchUp, plannedUntil, now }: DueSchedule): { slots: string[]; nextAt: string | null } {
  const due = latestSlots(cron, plannedUntil, now, MOST_CAUGHT_UP);
  return { slots: chosen(due, catchUp, now), nextAt: nextSlot(cron, now) };
}

function chosen(due: string[], catchUp: DueSchedule['catchUp'], now: string): string[] {
  const onTime = due.filter((slot) => Date.parse(plusMs(slot, ON_TIME_MS)) >= Date.parse(now));
  switch (catchUp) {
    case 'all':
      return due;
    case 'latest':
      return onTime.length > 0 ? onTime : due.slice(-1);
    case 'skip':
      return onTime;
  }
}
