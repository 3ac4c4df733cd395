import { CRASH_POINTS, onCrashPoint } from '@workflows/ports';

/**
 * Loaded before a program (`node --import ...`), kills it at a crash point as a power cut would: no handler runs and
 * nothing is flushed. CRASH_AT names the point, CRASH_ON says at which visit (1 for the first).
 */
const point = process.env['CRASH_AT'];
let left = Number(process.env['CRASH_ON'] ?? '1');

if (point !== undefined && !CRASH_POINTS.some((known) => known === point)) {
  throw new Error(`CRASH_AT names "${point}", which is no crash point. Those are: ${CRASH_POINTS.join(', ')}.`);
}

onCrashPoint((reached) => {
  if (reached !== point) return;
  left -= 1;
  if (left === 0) process.kill(process.pid, 'SIGKILL');
});
