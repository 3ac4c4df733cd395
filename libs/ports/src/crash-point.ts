/**
 * Places on the road where a process may die in the worst possible way. Tests kill the process at each of them and
 * check that every message still goes out once. Outside tests they are calls of an empty function.
 */
export const CRASH_POINTS_OF_MESSAGES = [
  'accept.before-store',
  'accept.after-store',
  'accept.after-ring',
  'advance.after-claim',
  'advance.before-commit',
  'advance.after-commit',
  'advance.before-http',
  'advance.after-http',
  'advance.before-store',
  'advance.after-store',
  'outbound.after-claim',
  'outbound.before-begin',
  'outbound.before-send',
  'outbound.after-send',
  'outbound.after-settle',
  'events.after-claim',
  'events.before-finish',
  'sweep.after-sweep',
] as const;

/** The same on the way from the clock to the runs of a schedule. */
export const CRASH_POINTS_OF_SCHEDULES = [
  'schedules.after-claim',
  'schedules.after-plan',
  'slots.after-claim',
  'slots.before-advance',
] as const;

/** The same around the call of a model. */
export const CRASH_POINTS_OF_MODELS = ['advance.before-model', 'advance.after-model'] as const;

export const CRASH_POINTS = [...CRASH_POINTS_OF_MESSAGES, ...CRASH_POINTS_OF_SCHEDULES, ...CRASH_POINTS_OF_MODELS] as const;
export type CrashPoint = (typeof CRASH_POINTS)[number];

type Hook = (point: CrashPoint) => void;

let hook: Hook = () => undefined;

export function crashPoint(point: CrashPoint): void {
  hook(point);
}

/** For tests only: what to do at each crash point. */
export function onCrashPoint(replacement: Hook): void {
  hook = replacement;
}
