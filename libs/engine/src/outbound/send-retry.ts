import type { Failure } from '@workflows/core';

const MAX_ATTEMPTS = 8;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * How long to wait before a refused send is tried again, in milliseconds; null: not again. The message keeps its place,
 * so the contact's later messages wait with it. `attempt` is 1 for the first try; `random` spreads those that were
 * refused together (0 <= random < 1).
 */
export function retryAfterRefusal(failure: Failure, attempt: number, random: number): number | null {
  if (failure.kind !== 'retryable' || attempt >= MAX_ATTEMPTS) return null;
  const backoff = Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), LONGEST_PAUSE_MS);
  return Math.max(failure.retryAfterMs ?? 0, Math.round(backoff * (0.5 + random / 2)));
}
