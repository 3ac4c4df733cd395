import { type Json, type NodeOutcome, type Signal, type StoreRequest } from '@workflows/core';
import type { NodeContext } from '@workflows/ports';

/** Hands a request over to the engine and waits for its answer. */
export function askStore(request: StoreRequest, { idempotencyKey }: NodeContext): NodeOutcome {
  return { kind: 'waiting', wait: { effects: true }, effects: [{ kind: 'store', request, idempotencyKey }] };
}

/** The answer as the node's output. */
export function storedOutcome(signal: Signal): NodeOutcome {
  if (signal.type !== 'effect') return { kind: 'waiting', wait: { effects: true } };
  const { result } = signal;
  if (result.outcome !== 'done') return { kind: 'failed', failure: result.failure };
  return { kind: 'done', output: isObject(result.data) ? result.data : {} };
}

function isObject(value: Json): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
