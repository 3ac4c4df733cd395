import type { Json } from './json.js';

/**
 * What went wrong in a step, as data. `kind` decides whether trying again can help; it is set where the failure is
 * known best (the channel, the HTTP node), so that no caller has to guess from a code or a message.
 */
export interface Failure {
  /** One of the codes of the language, such as `http.503` or `channel.window_closed`. */
  code: string;
  kind: 'terminal' | 'retryable';
  /** For people: names the field, the reason and the remedy. Never holds a secret or a message text. */
  message: string;
  /** The shortest pause that the other side asked for, in milliseconds. */
  retryAfterMs?: number;
  /** Facts that help to find the cause, such as a provider's code. */
  details?: Json;
}

/** A failure on its way up as an exception: `throw terminal('channel.invalid', '...')`. */
export class WorkflowError extends Error {
  constructor(readonly failure: Failure) {
    super(`${failure.code}: ${failure.message}`);
    this.name = 'WorkflowError';
  }
}

export function terminal(code: string, message: string, details?: Json): WorkflowError {
  return new WorkflowError({ code, kind: 'terminal', message, ...(details === undefined ? {} : { details }) });
}

export function retryable(code: string, message: string, retryAfterMs?: number): WorkflowError {
  return new WorkflowError({ code, kind: 'retryable', message, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
}

const RETRYABLE = new Set(['timeout', 'network', 'http.429', 'channel.throttled', 'ai.throttled', 'ai.unavailable']);

/** The codes that `retry.on` defaults to (language, section 5.3). */
export function isRetryableCode(code: string): boolean {
  return RETRYABLE.has(code) || /^http\.5\d\d$/.test(code);
}

/** Errors that end a run whatever its `catch` says: they are the run's ceiling. */
export function isCatchable(code: string): boolean {
  return !['limit.state', 'limit.steps', 'limit.duration', 'limit.sends', 'limit.tokens', 'limit.cost'].includes(code);
}

/** Does `code` fit a pattern of `catch.errors` or `retry.on`: exact, `family.*`, `http.4xx`, `http.5xx` or `*`? */
export function matchesErrorPattern(code: string, pattern: string): boolean {
  if (pattern === '*' || pattern === code) return true;
  if (pattern === 'http.4xx') return /^http\.4\d\d$/.test(code);
  if (pattern === 'http.5xx') return /^http\.5\d\d$/.test(code);
  return pattern.endsWith('.*') && code.startsWith(pattern.slice(0, -1));
}
