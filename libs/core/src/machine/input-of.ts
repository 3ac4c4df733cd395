import type { Draft } from './draft.js';
import { nodeOf } from './node-of.js';
import { scopeOf } from './scope.js';
import type { StepInput, Token } from './state.js';

/**
 * What a token's node is run with. Rendered as of the step's entry, so that every attempt of a step says the same under the
 * same idempotency key; what undoes a step was rendered when that step was done.
 */
export function inputOf(draft: Draft, token: Token): StepInput {
  if (token.undoes !== undefined) return token.undoes.input;
  return nodeOf(draft, token.node).render(scopeOf(draft.graph, draft.state, token, token.enteredAt));
}
