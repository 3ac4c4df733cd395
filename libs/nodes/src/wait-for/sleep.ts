import type { NodeOutcome, Signal } from '@workflows/core';
import type { NodeContext } from '@workflows/ports';

export function sleepUntil(until: string, context: NodeContext): NodeOutcome {
  return { kind: 'waiting', wait: { until, ...(context.interruptible ? { messages: 'interrupt' } : {}) } };
}

/** The time has come, or the contact wrote before it did. */
export function wake(signal: Signal): NodeOutcome {
  if (signal.type !== 'message') return { kind: 'done', output: { firedAt: signal.at } };
  return { kind: 'done', port: 'message', output: { text: signal.message.text, kind: signal.message.kind } };
}
