import type { ExecutionState } from './state.js';

/** May the run make no step now: because an operator has paused it, or because people have its conversation? */
export function isStill(state: ExecutionState): boolean {
  return state.paused !== undefined || state.silenced !== undefined;
}
