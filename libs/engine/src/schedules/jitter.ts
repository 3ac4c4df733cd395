import { createHash } from 'node:crypto';
import { durationMs, type Json, plusMs } from '@workflows/core';

/**
 * When a slot fires: up to the jitter later than it comes. The same slot has the same delay for whoever asks, and the
 * schedules of many tenants that come at the same minute are spread over it.
 */
export function fireAt(schedule: readonly string[], slot: string, jitter: Json | undefined): string {
  const most = typeof jitter === 'string' ? (durationMs(jitter) ?? 0) : 0;
  return plusMs(slot, Math.floor(fractionOf(JSON.stringify([...schedule, slot])) * most));
}

/** A number from 0 up to, and without, 1: evenly spread, and always the same for the same text. */
function fractionOf(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0) / 2 ** 32;
}
