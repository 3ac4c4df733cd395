import type { Outline, OutlineNode } from './outline.js';
import type { Problem } from './problem.js';
import { configOf } from './silence.js';

/** Part of the flow phase: a call that may do harm when it is made twice, and is told to be made again. */
export function checkRetries(outline: Outline): Problem[] {
  return [...outline.nodes.values()].flatMap((node): Problem[] => {
    const retry = node.definition?.retry;
    if (!retry || retry.maxAttempts === 1 || !isUnsafe(node)) return [];
    // These two answers say that nothing was done, so they may be tried again whatever the call does.
    if (retry.on?.every((pattern) => pattern === 'http.429' || pattern === 'http.503')) return [];
    return [
      {
        path: `${node.pointer}/retry`,
        code: 'flow.retry_unsafe',
        severity: 'error',
        message: `'${node.id}' makes a call that may do harm when it is made twice, and retries it.`,
        hint: 'Write "effect": "idempotent" if the service knows repetitions by their Idempotency-Key, restrict "on" to http.429 and http.503, or remove "retry".',
      },
    ];
  });
}

/** Language, section 4.2: what a repetition does, where the author does not say it. */
function isUnsafe({ spec, shape, raw }: OutlineNode): boolean {
  if (spec?.type !== 'http.request' || !shape) return false;
  const { effect, method } = configOf(raw);
  if (effect !== undefined) return effect === 'unsafe';
  return method === 'POST' || method === 'PATCH';
}
