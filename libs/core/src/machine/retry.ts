import { isRetryableCode, matchesErrorPattern, type Failure } from '../failure.js';
import type { CompiledNode, RetryPolicy } from '../graph/compiled-graph.js';
import type { Draft } from './draft.js';
import { isDue, plusMs } from './instant.js';
import type { Token } from './state.js';

export type RetryDecision =
  | { again: true; at: string }
  /** `failure` is what is left to catch: the error itself, or `timeout` when the next try would come too late. */
  | { again: false; failure: Failure };

/** Whether and when a failed attempt is tried again (language, sections 3 and 5.3). */
export function decideRetry(draft: Draft, token: Token, node: CompiledNode, failure: Failure): RetryDecision {
  if (!isEligible(node.retry, failure) || token.attempt >= node.retry.maxAttempts) return { again: false, failure };

  const at = plusMs(draft.at, pauseMs(node.retry, token.attempt, draft.random, failure.retryAfterMs));
  if (node.deadlineMs !== null && !isDue(at, plusMs(token.enteredAt, node.deadlineMs))) {
    return { again: false, failure: deadlineFailure(failure) };
  }
  return { again: true, at };
}

/** Milliseconds until the next attempt: exponential, with full jitter, and never shorter than the other side asked for. */
export function pauseMs(policy: RetryPolicy, attempt: number, random: number, retryAfterMs = 0): number {
  const full = Math.min(policy.intervalMs * policy.backoff ** (attempt - 1), policy.maxIntervalMs);
  const pause = policy.jitter === 'full' ? full * random : full;
  return Math.ceil(Math.max(pause, retryAfterMs));
}

export function deadlineFailure(last?: Failure): Failure {
  return {
    code: 'timeout',
    kind: 'terminal',
    message: 'The deadline of the node was over before it succeeded. Raise "deadline" or lower "retry".',
    ...(last === undefined ? {} : { details: { last: last.code } }),
  };
}

/**
 * The author's patterns decide where there are any. Otherwise the kind does, because it knows more than the code: the
 * same http.500 is terminal for a call that must not be repeated.
 */
function isEligible(policy: RetryPolicy, failure: Failure): boolean {
  if (policy.on !== undefined) return policy.on.some((pattern) => matchesErrorPattern(failure.code, pattern));
  return failure.kind === 'retryable' && (isRetryableCode(failure.code) || !failure.code.startsWith('http.'));
}
