import type { Draft } from './draft.js';
import { hasEnded } from './draft.js';
import type { ExecutionState } from './state.js';

/** How many calls may lie between a run and the one that was started from outside. */
export const MAX_CALL_DEPTH = 5;

/** A called run that ends in this transition tells the step that waits for it. */
export function answerCaller({ state, commands }: Draft, before: ExecutionState | null): void {
  const { caller, id, status, reason, output, error } = state;
  if (caller === undefined || !hasEnded(state) || (before !== null && hasEnded(before))) return;
  state.counters.effects += 1;
  const seq = state.counters.effects;
  const data = { runId: id, status, reason: reason ?? '', result: output ?? null, error: error?.code ?? null };
  commands.push({
    type: 'effect',
    seq,
    // No token of the run is left to which it would belong.
    token: 0,
    node: '',
    step: 0,
    effect: { kind: 'write', write: { type: 'answer', ...caller, data } },
    idempotencyKey: `${id}.end.${seq}`,
  });
}
