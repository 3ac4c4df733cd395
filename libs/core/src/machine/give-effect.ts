import { branchPath, stepKey } from './step-key.js';
import type { Draft } from './draft.js';
import type { Effect } from './outcome.js';
import type { ExecutionState, Token } from './state.js';

/** Numbers an effect and gives it to the runner. `within`: the state in which the token stands, or stood last. */
export function giveEffect(draft: Draft, token: Token, effect: Effect, within: ExecutionState = draft.state): number {
  const { counters } = draft.state;
  counters.effects += 1;
  const seq = counters.effects;
  const idempotencyKey = `${stepKey(draft.state.id, token.node, token.visit, branchPath(within, token))}.${seq}`;
  draft.commands.push({ type: 'effect', seq, token: token.id, node: token.node, step: token.step, effect, idempotencyKey });
  return seq;
}
